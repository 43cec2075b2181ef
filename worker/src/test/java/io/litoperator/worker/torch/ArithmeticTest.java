package io.litoperator.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArithmeticTest {
  private static final int SUMMED = 1 << 20;

  @BeforeAll
  static void startTorch() {
    Torch.start(1, Fixtures.device());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, SUMMED, SUMMED + 3})
  void bitsAreSummedInPieces(int size) {
    float[] values = new float[size];
    long first = 0;
    long second = 0;
    for (int i = 0; i < size; i++) {
      values[i] = 1f / (i + 1) - 1e-3f;
      long bits = Float.floatToIntBits(values[i]);
      if (i < size / SUMMED * SUMMED) {
        first += bits;
      } else {
        second += bits;
      }
    }
    try (Arithmetic arithmetic = new Arithmetic();
        Tensor flat = Tensor.of(values, size)) {
      long[] sums = arithmetic.bitSums(flat);

      assertThat(sums).isEqualTo(size < SUMMED ? new long[] {second} : new long[] {first, second});
    }
  }

  @Test
  void bitsOfBf16AreThoseOfItsHalves() {
    try (Arithmetic arithmetic = new Arithmetic();
        Tensor wide = Tensor.of(new float[] {1, -2, 0.5f}, 3);
        Tensor flat = wide.cast(DType.BFLOAT16)) {
      assertThat(arithmetic.bitSums(flat))
          .containsExactly((short) 0x3f80 + (short) 0xc000 + (short) 0x3f00);
    }
  }
}
