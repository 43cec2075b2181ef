package io.litoperator.worker.safetensors;

/** Element types, named as in safetensors headers; values are little-endian. */
public enum DType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  F8_E4M3(1),
  F8_E5M2(1),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U64(8),
  U32(4),
  U16(2),
  U8(1),
  BOOL(1);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element. */
  public int bytes() {
    return bytes;
  }

  /**
   * Size of a tensor's data.
   *
   * @throws ArithmeticException if it does not fit in 63 bits
   */
  public long bytes(long... shape) {
    long total = bytes;
    for (long size : shape) {
      total = Math.multiplyExact(total, size);
    }
    return total;
  }
}
