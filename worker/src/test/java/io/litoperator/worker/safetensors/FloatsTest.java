package io.litoperator.worker.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

class FloatsTest {

  @Test
  void widensEveryHalfExactly() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      int exponent = (bits >> 10) & 31;
      int fraction = bits & 1023;
      double magnitude =
          switch (exponent) {
            case 0 -> Math.scalb(fraction, -24);
            case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
            default -> Math.scalb(1 + fraction / 1024.0, exponent - 15);
          };
      float expected = (float) (bits < 1 << 15 ? magnitude : -magnitude);

      assertThat(Float.floatToIntBits(decode(DType.F16, bits)))
          .as("half %04x", bits)
          .isEqualTo(Float.floatToIntBits(expected));
    }
  }

  @Test
  void widensBrainFloatsByTheirUpperHalf() {
    for (int bits = 0; bits < 1 << 16; bits++) {
      assertThat(Float.floatToRawIntBits(decode(DType.BF16, bits))).isEqualTo(bits << 16);
    }
  }

  @Test
  void takesFloatingTypesOnly() {
    assertThat(Floats.decodes(DType.I32)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> decode(DType.I32, 0));
  }

  private static float decode(DType dtype, int bits) {
    ByteBuffer data = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    float[] value = new float[1];
    Floats.decode(dtype, data.putShort(0, (short) bits), FloatBuffer.wrap(value));
    return value[0];
  }
}
