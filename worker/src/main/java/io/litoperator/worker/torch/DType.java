package io.litoperator.worker.torch;

/** Element types. */
public enum DType {
  FLOAT32(0, 6, 4),
  FLOAT64(1, 7, 8),
  INT32(4, 3, 4),
  INT64(6, 4, 8),
  /** DJL has no code for it and reports its "unknown". */
  BFLOAT16(9, 15, 2);

  /** As DJL reports it. */
  private final int djlCode;

  /** As programs give it. */
  final int torchCode;

  final int bytes;

  DType(int djlCode, int torchCode, int bytes) {
    this.djlCode = djlCode;
    this.torchCode = torchCode;
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  static DType ofDjl(int code) {
    for (DType type : values()) {
      if (type.djlCode == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("unexpected element type " + code);
  }
}
