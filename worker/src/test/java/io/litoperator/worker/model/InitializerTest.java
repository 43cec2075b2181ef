package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InitializerTest {
  private static final int SIZE = 100_000;

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
  }

  @Test
  void normalHasItsDeviation() {
    float[] values = fill(Init.normal(0.02), "a", 1);
    assertThat(deviation(values)).isCloseTo(0.02, within(0.0003));
  }

  @Test
  void truncatedNormalEndsAtTwoDeviationsOfTheUncutOne() {
    float[] values = fill(new Init.TruncatedNormal(0.1), "a", 1);
    assertThat(deviation(values)).isCloseTo(0.1, within(0.0015));
    for (float value : values) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo(0.2274f);
    }
  }

  @Test
  void uniformStaysWithinItsBound() {
    float[] values = fill(new Init.Uniform(0.3), "a", 1);
    assertThat(deviation(values)).isCloseTo(0.3 / Math.sqrt(3), within(0.002));
    for (float value : values) {
      assertThat(Math.abs(value)).isLessThanOrEqualTo(0.3f);
    }
  }

  @Test
  void valuesFollowFromSeedAndNameAlone() {
    assertThat(fill(Init.normal(1), "a", 1)).isEqualTo(fill(Init.normal(1), "a", 1));
    assertThat(fill(Init.normal(1), "a", 1)).isNotEqualTo(fill(Init.normal(1), "b", 1));
    assertThat(fill(Init.normal(1), "a", 1)).isNotEqualTo(fill(Init.normal(1), "a", 2));
  }

  private static float[] fill(Init init, String name, long seed) {
    try (Initializer initializer = new Initializer(seed);
        Tensor tensor = Tensor.empty(DType.FLOAT32, SIZE)) {
      initializer.fill(new Slice(new Weight.Part(name, init, SIZE), 0, SIZE), tensor);
      return tensor.toFloats();
    }
  }

  private static double deviation(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares / values.length);
  }
}
