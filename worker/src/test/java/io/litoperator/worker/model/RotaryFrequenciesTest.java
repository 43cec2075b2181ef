package io.litoperator.worker.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.model.RotaryFrequencies.Linear;
import io.litoperator.worker.model.RotaryFrequencies.Llama3;
import io.litoperator.worker.model.RotaryFrequencies.Scaling;
import io.litoperator.worker.model.RotaryFrequencies.Unscaled;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Against transformers 4.49's {@code ROPE_INIT_FUNCTIONS}, of heads of 128. */
class RotaryFrequenciesTest {
  private static final int[] SOME = {0, 1, 20, 26, 27, 28, 29, 30, 31, 32, 40, 63};

  static Stream<Arguments> references() {
    return Stream.of(
        Arguments.of(
            1e6,
            new Unscaled(),
            new double[] {
              1.0,
              0.8058422207832336,
              0.01333521492779255,
              0.003651741426438093,
              0.002942727180197835,
              0.0023713738191872835,
              0.001910952851176262,
              0.0015399265103042126,
              0.0012409378541633487,
              0.0010000000474974513,
              0.00017782794020604342,
              1.2409377632138785e-06
            }),
        Arguments.of(
            1e4,
            new Linear(4),
            new double[] {
              0.25,
              0.21649108827114105,
              0.014058532193303108,
              0.0059284339658916,
              0.00513381278142333,
              0.004445698577910662,
              0.0038498162757605314,
              0.0033338037319481373,
              0.002886954927816987,
              0.0024999999441206455,
              0.0007905694656074047,
              2.8869548259535804e-05
            }),
        Arguments.of(
            5e5,
            new Llama3(8, 1, 4, 8192),
            new double[] {
              1.0,
              0.8146172165870667,
              0.016560440883040428,
              0.00483942124992609,
              0.003942275885492563,
              0.0032114461064338684,
              0.0021665706299245358,
              0.0013718936825171113,
              0.0008567514596506953,
              0.0005248460220173001,
              3.428102354519069e-05,
              3.068925877869333e-07
            }));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("references")
  void equalTheReference(double theta, Scaling scaling, double[] expected) {
    float[] values = new RotaryFrequencies(128, theta, scaling).values();
    assertThat(values).hasSize(64);
    for (int i = 0; i < SOME.length; i++) {
      assertThat((double) values[SOME[i]]).isCloseTo(expected[i], within(4e-7 * expected[i]));
    }
  }
}
