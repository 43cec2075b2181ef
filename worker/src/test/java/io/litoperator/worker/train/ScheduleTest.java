package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import java.io.IOException;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  static Stream<Arguments> factors() throws IOException {
    JsonNode factors =
        new ObjectMapper().readTree(Fixtures.root().resolve("steps/schedule.json").toFile());
    assertThat(factors.isEmpty()).isFalse();
    return factors.properties().stream()
        .flatMap(e -> steps(Integer.parseInt(e.getKey()), e.getValue()));
  }

  private static Stream<Arguments> steps(int total, JsonNode expected) {
    assertThat(expected).hasSize(total);
    return IntStream.range(0, total)
        .mapToObj(step -> Arguments.of(total, step, expected.get(step).asDouble()));
  }

  @ParameterizedTest(name = "step {1} of {0}")
  @MethodSource("factors")
  void factorsEqualTheReference(int total, int step, double expected) {
    assertThat(Schedule.of(optimizer(Decay.COSINE), total).factor(step))
        .isCloseTo(expected, within(1e-9));
  }

  /** Values of transformers' get_scheduler. */
  @ParameterizedTest(name = "{0}, {1} steps")
  @CsvSource({
    "LINEAR, 1, 0, 0",
    "LINEAR, 10, 0.5555555555555556, 0.1111111111111111",
    "LINEAR, 34, 0.53125, 0.03125",
    "LINEAR, 100, 0.5154639175257731, 0.010309278350515464",
    "CONSTANT, 1, 0, 0",
    "CONSTANT, 10, 1, 1",
    "CONSTANT, 100, 1, 1",
  })
  void otherDecaysEqualTheReference(Decay decay, int total, double halfWay, double last) {
    Schedule schedule = Schedule.of(optimizer(decay), total);
    assertThat(schedule.factor(0)).isZero();
    assertThat(schedule.factor(total / 2)).isCloseTo(halfWay, within(1e-12));
    assertThat(schedule.factor(total - 1)).isCloseTo(last, within(1e-12));
  }

  private static Optimizer optimizer(Decay decay) {
    return new Optimizer(1e-3, 0.03, decay, 0, 0.9, 0.999, 1e-8, Optional.empty());
  }
}
