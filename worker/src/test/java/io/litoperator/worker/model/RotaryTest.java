package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RotaryTest {
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

  private static float[] values(Tensor tensor) {
    return tensor.toFloats();
  }
}
