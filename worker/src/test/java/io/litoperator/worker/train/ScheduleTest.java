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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  @ParameterizedTest(name = "{0} steps")
  @ValueSource(ints = {1, 10, 34, 100})
  void factorsEqualTheReference(int total) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(Fixtures.root().resolve("steps/schedule.json").toFile())
            .get(String.valueOf(total));
    Schedule schedule = Schedule.of(optimizer(Decay.COSINE), total);
    assertThat(expected).hasSize(total);
    for (int step = 0; step < total; step++) {
      assertThat(schedule.factor(step)).isCloseTo(expected.get(step).asDouble(), within(1e-9));
    }
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
