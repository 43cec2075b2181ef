package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How restarts within the Pods, which the coordinator tells of, come to account. */
class InPlaceTest {
  @Test
  void restartsWithinThePodsAreTakenIntoAccount() {
    Scene scene = Scene.training("").report(Activity.FINETUNING, Map.of("RankFailed", 2));

    assertThat(scene.carryOut().status().restarts())
        .returns(2, Restarts::total)
        .returns(Map.of("RankFailed", 2), Restarts::byReason);
    assertThat(scene.report(Activity.FINETUNING, Map.of("RankFailed", 3)).carryOut().status())
        .returns(3, status -> status.restarts().total())
        .returns(List.of("job-0", "job-1"), status -> scene.pods());
  }

  @Test
  void aRestartWithinThePodsIsToldInASentenceThoughTheCoordinatorHasNone() {
    LastFailure told =
        new LastFailure("RankFailed", null, 71, 3, "node-1", "at Step.run", "2026-01-01T00:00:00Z");

    assertThat(
            Scene.training("")
                .report(Activity.FINETUNING, Map.of("RankFailed", 1), told)
                .carryOut()
                .status()
                .lastFailure())
        .isEqualTo(
            new LastFailure(
                "RankFailed",
                "Ranks were restarted in place.",
                71,
                3,
                "node-1",
                "at Step.run",
                "2026-01-01T00:00:00Z"));
  }

  @ParameterizedTest
  @EnumSource(names = {"WAITING", "FINETUNING"})
  void restartsWithinThePodsMayUseUpTheBudget(Activity activity) {
    Scene scene = Scene.training("recovery: {maxRestarts: 2}");

    scene.report(activity, Map.of("RankFailed", 2)).carryOut();
    assertThat(scene.status().phase()).isNotEqualTo(Phase.FAILED);
    scene.report(activity, Map.of("RankFailed", 3)).carryOut();

    assertThat(scene.status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .returns(3, status -> status.restarts().total());
  }

  @ParameterizedTest
  @EnumSource(names = {"WAITING", "FINETUNING"})
  void aRestartWithinThePodsThatARuleForbidsFailsTheJob(Activity activity) {
    Scene scene = Scene.training("recovery: {rules: [{\"on\": RankFailed, action: fail}]}");

    scene.report(activity, Map.of("RankFailed", 1)).carryOut();

    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
  }

  @ParameterizedTest(name = "{0} restarts were reported, the Pod ends with {1}")
  @CsvSource({"0, 70, PodFailed", "1, 70, PodFailed", "2, 70, PodFailed", "0, 137, PodFailed"})
  void whatOnlyATerminationMessageTellsIsCountedOnceAndBeforeThePodsOwnEnd(
      int reported, int code, String end) {
    Scene scene = Scene.training("");
    if (reported > 0) {
      scene.report(Activity.FINETUNING, Map.of("RankFailed", reported)).carryOut();
    }
    scene.exitUnheard(code, Map.of("RankFailed", 2)).hear().hear().carryOut();

    assertThat(scene.status())
        .returns(4, LitTrainingJobStatus::attempt)
        .returns(3, status -> status.restarts().total())
        .returns(Map.of("RankFailed", 2, end, 1), status -> status.restarts().byReason());
    assertThat(scene.carryOut().carryOut().run(0).report(Activity.FINETUNING).carryOut().status())
        .returns(3, status -> status.restarts().total())
        .returns(Phase.FINETUNING, LitTrainingJobStatus::phase);
  }

  @Test
  void whatOnlyATerminationMessageTellsMayUseUpTheBudget() {
    Scene scene = Scene.training("recovery: {maxRestarts: 2}");

    scene.exitUnheard(70, Map.of("RankFailed", 2)).carryOut();

    assertThat(scene.status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .returns(2, status -> status.restarts().total());
  }

  @Test
  void aCoordinatorThatFailsAgainBeforeItsGangIsCompleteIsCountedAndPausedFor() {
    Scene scene = Scene.training("recovery: {maxRestarts: 9}");
    for (int life = 1; life <= 2; life++) {
      scene.exitUnheard(70, Map.of("RankFailed", 1)).carryOut();
      assertThat(scene.status().restarts())
          .returns(Map.of("RankFailed", life, "PodFailed", life), Restarts::byReason)
          .returns(life, restarts -> restarts.pace().inARow());
      scene.pass(Duration.ofSeconds(10)).carryOut().carryOut().run(0).report(Activity.WAITING);
    }
  }

  @Test
  void theRestOfAGangThatWasRestartedInPlaceIsNotCountedAgain() {
    Scene scene = Scene.training("").exitUnheard(76, Map.of("PeerLost", 1)).carryOut();

    scene.exit(1, 70).carryOut();

    assertThat(scene.status().restarts().byReason()).isEqualTo(Map.of("PeerLost", 2));
  }
}
