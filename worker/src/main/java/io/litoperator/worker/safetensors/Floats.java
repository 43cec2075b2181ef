package io.litoperator.worker.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/** Widens the floating types that models are published in to fp32; every value is exact. */
public final class Floats {
  private Floats() {}

  /** Whether {@link #decode} takes this type: F32, F16 and BF16. */
  public static boolean decodes(DType dtype) {
    return dtype == DType.F32 || dtype == DType.F16 || dtype == DType.BF16;
  }

  /**
   * Appends a buffer's little-endian values.
   *
   * @throws IllegalArgumentException if {@link #decodes} is false of the type
   */
  public static void decode(DType dtype, ByteBuffer data, FloatBuffer into) {
    ByteBuffer source = data.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> into.put(source.asFloatBuffer());
      case F16 -> {
        ShortBuffer halves = source.asShortBuffer();
        while (halves.hasRemaining()) {
          into.put(fromHalf(halves.get()));
        }
      }
      case BF16 -> {
        ShortBuffer halves = source.asShortBuffer();
        while (halves.hasRemaining()) {
          into.put(Float.intBitsToFloat(halves.get() << 16));
        }
      }
      default -> throw new IllegalArgumentException(dtype + " is not F32, F16 or BF16");
    }
  }

  /** IEEE 754 binary16: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
  private static float fromHalf(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 0x1f;
    int fraction = bits & 0x3ff;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int widened = exponent == 0x1f ? 0xff : exponent - 15 + 127;
    return Float.intBitsToFloat(sign | widened << 23 | fraction << 13);
  }
}
