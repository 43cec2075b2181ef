package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotaryTest {
  private static final int HEADS = 4;
  private static final RotaryFrequencies FREQUENCIES =
      new RotaryFrequencies(8, 1e4, new RotaryFrequencies.Unscaled());

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void tablesGrowBeyondTheLongestSequence() {
    long[] positions = {0, 3, 4, 99};
    try (Rotary small = new Rotary(FREQUENCIES, 4, DType.FLOAT32);
        Rotary large = new Rotary(FREQUENCIES, 100, DType.FLOAT32);
        Rotary.Angles grown = small.at(positions);
        Rotary.Angles whole = large.at(positions)) {
      assertThat(values(grown.cos())).containsExactly(values(whole.cos()));
      assertThat(values(grown.sin())).containsExactly(values(whole.sin()));
    }
  }

  /** On GPUs bf16 takes a kernel where a head's size allows, and the program elsewhere. */
  @ParameterizedTest
  @CsvSource({"FLOAT32, 32, 32, 1e-6", "BFLOAT16, 32, 40, 0.02", "BFLOAT16, 8, 8, 0.02"})
  void pairsAreTurnedByTheirAngleAndBack(DType type, int turned, int size, double tolerance) {
    RotaryFrequencies frequencies =
        new RotaryFrequencies(turned, 1e4, new RotaryFrequencies.Unscaled());
    long[] positions = {0, 1, 7, 500};
    float[] before = new float[positions.length * HEADS * size];
    for (int i = 0; i < before.length; i++) {
      before[i] = (float) Math.sin(i * 0.7);
    }
    try (Rotary rotary = new Rotary(frequencies, 512, type);
        Rotary.Angles angles = rotary.at(positions);
        Tensor exact = Tensor.of(before, positions.length, HEADS, size);
        Tensor qkv = exact.cast(type).copy()) {
      rotary.rotate(qkv, HEADS - 1, angles);
      float[] expected = turned(before, positions, frequencies.values(), size);
      assertThat(values(qkv)).containsExactly(expected, within((float) tolerance));
      rotary.rotateBack(qkv, HEADS - 1, angles);
      assertThat(values(qkv)).containsExactly(before, within((float) tolerance));
    }
  }

  /** All heads but the last. */
  private static float[] turned(float[] rows, long[] positions, float[] frequencies, int size) {
    float[] turned = rows.clone();
    int half = frequencies.length;
    for (int row = 0; row < positions.length; row++) {
      for (int head = 0; head < HEADS - 1; head++) {
        for (int i = 0; i < half; i++) {
          int at = (row * HEADS + head) * size + i;
          float angle = positions[row] * frequencies[i];
          turned[at] = (float) (rows[at] * Math.cos(angle) - rows[at + half] * Math.sin(angle));
          turned[at + half] =
              (float) (rows[at + half] * Math.cos(angle) + rows[at] * Math.sin(angle));
        }
      }
    }
    return turned;
  }

  private static float[] values(Tensor tensor) {
    return tensor.toFloats();
  }
}
