package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  @ParameterizedTest(name = "{0} steps")
  @ValueSource(ints = {1, 10, 34, 100})
  void factorsEqualTheReference(int total) throws IOException {
    JsonNode expected =
        new ObjectMapper()
            .readTree(Fixtures.root().resolve("steps/schedule.json").toFile())
            .get(String.valueOf(total));
    Schedule schedule = Schedule.of(0.03, total);
    assertThat(expected).hasSize(total);
    for (int step = 0; step < total; step++) {
      assertThat(schedule.factor(step)).isCloseTo(expected.get(step).asDouble(), within(1e-9));
    }
  }
}
