package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When a coordinator that reports no more is taken to hang. */
class SilenceTest {
  @Test
  void aSilentCoordinatorIsHungOnlyAfterTheTimeout() {
    Scene scene = Scene.training("").pass(Duration.ofMinutes(19));
    assertThat(scene.carryOut().status().phase()).isEqualTo(Phase.FINETUNING);

    scene.pass(Duration.ofMinutes(1)).carryOut();
    assertThat(scene.status().lastFailure().reason()).isEqualTo("Hang");
    assertThat(scene.status().lastFailure().message())
        .isEqualTo("The coordinator in Pod job-0 has not reported since 2026-01-01T00:00:00Z.");
    assertThat(scene.status().restarts().byReason()).isEqualTo(Map.of("Hang", 1));
  }

  @Test
  void aCoordinatorIsHeardBeforeTheStatusSaysSo() {
    Scene scene = Scene.training("").pass(Duration.ofMinutes(15)).report(Activity.FINETUNING);

    assertThat(scene.pass(Duration.ofMinutes(19)).carryOut().status().restarts().total()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"WAITING", "EVALUATING", "STOPPING", "DONE"})
  void theClockStandsStillOutsideOfTraining(Activity activity) {
    Scene scene = Scene.training("").report(activity).pass(Duration.ofHours(2));

    assertThat(scene.carryOut().status().restarts().total()).isZero();
  }
}
