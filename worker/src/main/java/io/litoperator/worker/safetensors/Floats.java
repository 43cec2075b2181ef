package io.litoperator.worker.safetensors;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;

/**
 * The floating types that models are published in, to fp32 and back. To fp32 every value is exact;
 * back they are rounded to the nearest, of two equally near ones to the even.
 */
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

  /**
   * Appends values in little-endian.
   *
   * @throws ArithmeticException if a finite value has no finite neighbour in the type
   * @throws IllegalArgumentException if {@link #decodes} is false of the type
   */
  static void encode(FloatBuffer values, DType dtype, ByteBuffer into) {
    into.order(ByteOrder.LITTLE_ENDIAN);
    while (values.hasRemaining()) {
      float value = values.get();
      switch (dtype) {
        case F32 -> into.putFloat(value);
        case F16 -> into.putShort(finite(value, toHalf(value), (short) 0x7c00));
        case BF16 -> into.putShort(finite(value, toBrain(value), (short) 0x7f80));
        default -> throw new IllegalArgumentException(dtype + " is not F32, F16 or BF16");
      }
    }
  }

  private static short finite(float value, short bits, short infinity) {
    if ((bits & 0x7fff) == infinity && Float.isFinite(value)) {
      throw new ArithmeticException(Float.toString(value));
    }
    return bits;
  }

  /** The upper half of an fp32. */
  private static short toBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    return (short) (bits + 0x7fff + (bits >>> 16 & 1) >>> 16);
  }

  private static short toHalf(float value) {
    int bits = Float.floatToRawIntBits(value);
    int sign = bits >>> 16 & 0x8000;
    if (Float.isNaN(value)) {
      return (short) (sign | 0x7e00 | bits >>> 13 & 0x3ff);
    }
    float magnitude = Math.abs(value);
    if (magnitude < 0x1p-14f) { // a multiple of the smallest subnormal
      return (short) (sign | (int) Math.rint(magnitude * 0x1p24));
    }
    int rebiased = (bits & 0x7fffffff) - (127 - 15 << 23);
    int rounded = rebiased + 0xfff + (rebiased >>> 13 & 1) >>> 13;
    return (short) (sign | Math.min(rounded, 0x7c00));
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
