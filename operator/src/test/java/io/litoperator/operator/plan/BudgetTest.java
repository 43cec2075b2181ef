package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Spent;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How restarts are earned anew by steps, where the job says so. */
class BudgetTest {
  private static final String ONE_IN_100 = "recovery: {maxRestarts: 1, resetAfterSteps: 100}";

  @ParameterizedTest(name = "at step {1} of {0}, then at step {3} of {2}: {4}")
  @CsvSource({
    "finetune, 10,   finetune, 109,  FAILED",
    "finetune, 10,   finetune, 110,  RESTARTING",
    "finetune, 500,  finetune, 300,  FAILED",
    "pretrain, 2000, finetune, 99,   FAILED",
    "pretrain, 2000, finetune, 100,  RESTARTING",
    "finetune, 0,    finetune, 99,   FAILED",
    "finetune, 0,    pretrain, 100,  RESTARTING",
    "finetune, 10,   pretrain, 2000, FAILED",
  })
  void enoughNewStepsBeginTheCountAnew(
      String stage, long step, String nextStage, long nextStep, Phase phase) {
    Scene scene = lose(Scene.training(ONE_IN_100).step(stage, step));

    assertThat(lose(scene.step(nextStage, nextStep)).status().phase()).isEqualTo(phase);
  }

  @Test
  void theTotalIsOfTheJobsWholeLife() {
    Scene scene = Scene.training(ONE_IN_100);
    for (long step : new long[] {100, 200, 300}) {
      lose(scene.step("finetune", step));
    }

    assertThat(scene.status().restarts())
        .returns(3, Restarts::total)
        .returns(new Spent(1, "finetune", 300L), Restarts::spent);
    assertThat(lose(scene.step("finetune", 399)).status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .extracting(status -> status.conditions().get(0))
        .extracting(Condition::getMessage)
        .asString()
        .startsWith(
            "spec.recovery.maxRestarts is 1, anew after 100 further steps, and there was one more"
                + " failure: ");
  }

  @Test
  void restartsWithinThePodsAreEarnedAnewToo() {
    Scene scene = Scene.training(ONE_IN_100).step("finetune", 100);
    scene.report(Activity.FINETUNING, Map.of("RankFailed", 1)).carryOut();
    scene.step("finetune", 200).report(Activity.FINETUNING, Map.of("RankFailed", 2)).carryOut();
    assertThat(scene.status())
        .returns(Phase.FINETUNING, LitTrainingJobStatus::phase)
        .returns(2, status -> status.restarts().total());

    scene.step("finetune", 299).report(Activity.FINETUNING, Map.of("RankFailed", 3)).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void whatIsFreeLeavesTheCountAsItIs() {
    Scene scene = lose(Scene.training(ONE_IN_100).step("finetune", 10));

    scene.step("finetune", 60).carryOut().exit(1, 75);
    back(scene.carryOut());

    assertThat(scene.status().restarts().spent()).isEqualTo(new Spent(1, "finetune", 10L));
    assertThat(lose(scene.step("finetune", 110)).status().phase()).isEqualTo(Phase.RESTARTING);
  }

  @Test
  void withoutTheWishNothingIsNoted() {
    Scene scene = lose(Scene.training("recovery: {maxRestarts: 1}").step("finetune", 10));

    assertThat(scene.status().restarts().spent()).isNull();
    assertThat(lose(scene.step("finetune", 5000)).status().phase()).isEqualTo(Phase.FAILED);
  }

  /** The second Pod, which comes back if the job goes on. */
  private static Scene lose(Scene scene) {
    scene.carryOut().exit(1, 71).carryOut();
    return scene.status().phase() == Phase.FAILED ? scene : back(scene);
  }

  private static Scene back(Scene scene) {
    return scene.pass(Duration.ofMinutes(6)).carryOut().carryOut().run(1);
  }
}
