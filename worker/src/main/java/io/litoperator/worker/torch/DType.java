package io.litoperator.worker.torch;

/** Element types, with the engine's codes. */
public enum DType {
  FLOAT32(0, 4),
  FLOAT64(1, 8),
  INT64(6, 8),
  /** The engine's binding does not know it: made by programs only. */
  BFLOAT16(9, 2);

  final int code;
  final int bytes;

  DType(int code, int bytes) {
    this.code = code;
    this.bytes = bytes;
  }

  static DType of(int code) {
    for (DType type : values()) {
      if (type.code == code) {
        return type;
      }
    }
    throw new IllegalArgumentException("unexpected element type " + code);
  }
}
