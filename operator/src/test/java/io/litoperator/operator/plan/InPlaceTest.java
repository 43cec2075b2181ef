package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
}
