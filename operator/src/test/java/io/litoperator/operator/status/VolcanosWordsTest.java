package io.litoperator.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.plan.Scene;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Volcano says of a gang, and leaves unsaid. */
class VolcanosWordsTest {
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "{gang: volcano, queueName: astray} | does volcano run, and has it a queue astray?",
        "{gang: volcano}                    | does volcano run?",
      })
  void aGangThatVolcanoDoesNotLookAtMayHaveNoQueue(String scheduling, String question) {
    Scene scene = Scene.begun("scheduling: " + scheduling).pass(Duration.ofSeconds(60));

    assertThat(scene.carryOut().status().pending().message()).endsWith(question);
  }

  @ParameterizedTest(name = "placed at {0}: {1}")
  @CsvSource({"09:59:59, QUEUED", "10:00:00, QUEUED", "10:00:01, RESTARTING"})
  void aGangThatWasPlacedSinceItWasTurnedAwayIsNotToldOfThat(String placedAt, Phase phase) {
    Scene scene =
        Scene.training("scheduling: {gang: volcano}")
            .podGroup(
                "{conditions: [{type: Unschedulable, status: 'True', message: no room,"
                    + " lastTransitionTime: '2026-01-01T10:00:00Z'}, {type: Scheduled, status:"
                    + " 'True', lastTransitionTime: '2026-01-01T%sZ'}]}".formatted(placedAt))
            .exit(1, 70)
            .carryOut()
            .carryOut();

    assertThat(scene.carryOut().status().phase()).isEqualTo(phase);
  }
}
