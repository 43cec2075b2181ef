package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long restarts wait that follow each other. */
class BackOffTest {
  private static final String MANY = "recovery: {maxRestarts: 99}";

  @Test
  void restartsInARowWaitLongerEachTime() {
    waits(
        Scene.training(MANY),
        scene -> scene.exit(1, 71),
        List.of(0, 10, 20, 40, 80, 160, 320, 360, 360));
  }

  @Test
  void soDoThoseThatAreFree() {
    waits(
        Scene.training(MANY),
        scene ->
            scene
                .condition(1, "DisruptionTarget", "True", "TerminationByKubelet", "low on disk")
                .exit(1, 143),
        List.of(0, 10, 20, 40));
  }

  @Test
  void theSuccessorOfARejectedPodWaitsTheFirstTimeToo() {
    Scene scene = Scene.training(MANY);
    waits(
        scene,
        here -> here.reject(1, "UnexpectedAdmissionError"),
        List.of(10, 20, 40, 80, 160, 320, 360, 360));

    assertThat(scene.status())
        .returns(0, status -> status.restarts().total())
        .returns(
            "The kubelet of node node-1 rejected Pod job-1 as UnexpectedAdmissionError: Pod was"
                + " rejected: no healthy devices",
            status -> status.lastFailure().message());
  }

  /** Loses the second Pod again and again, and sees when the next one is made. */
  private static void waits(Scene scene, UnaryOperator<Scene> loss, List<Integer> seconds) {
    for (int pause : seconds) {
      loss.apply(scene).carryOut();
      if (pause > 0) {
        assertThat(scene.carryOut().pods()).as("%d s", pause).containsExactly("job-0");
        assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(pause));
        scene.pass(Duration.ofSeconds(pause - 1));
        assertThat(scene.carryOut().pods()).as("%d s", pause).containsExactly("job-0");
        scene.pass(Duration.ofSeconds(1)).carryOut();
      }
      assertThat(scene.carryOut().pods()).as("%d s", pause).containsExactly("job-0", "job-1");
      scene.run(1).report(Activity.FINETUNING).carryOut();
    }
  }

  @Test
  void thePauseIsToldWithItsCause() {
    Scene scene = lose(lose(Scene.training(MANY)));

    assertThat(scene.status())
        .returns(Phase.RESTARTING, LitTrainingJobStatus::phase)
        .returns("BackOff", status -> status.pending().reason())
        .returns(
            "Restarts at 2026-01-01T00:00:10Z, because this is restart 2 since training last got"
                + " further: The worker of Pod job-1 exited with code 71.",
            status -> status.pending().message());

    scene.pass(Duration.ofSeconds(10)).carryOut().carryOut();
    assertThat(scene.status())
        .returns(Phase.RESTARTING, LitTrainingJobStatus::phase)
        .returns(null, LitTrainingJobStatus::pending);
  }

  @ParameterizedTest(name = "after step {1} of {0}, at step {3} of {2}: restart {4}")
  @CsvSource({
    "finetune, 8,   finetune, 9,   1",
    "finetune, 8,   finetune, 8,   2",
    "finetune, 8,   finetune, 5,   2",
    "pretrain, 100, finetune, 1,   1",
    "pretrain, 100, finetune, 0,   2",
    "finetune, 8,   pretrain, 100, 2",
    "finetune, 0,   finetune, 0,   2",
    "finetune, 0,   finetune, 1,   1",
    "other,    3,   other,    4,   1",
    "other,    3,   finetune, 1,   1",
    "finetune, 3,   other,    9,   2",
  })
  void onlyStepsThatAreNewBeginTheRowAnew(
      String stage, long step, String nextStage, long nextStep, int inARow) {
    Scene scene = lose(Scene.training(MANY).step(stage, step));
    scene.carryOut().run(1).step(nextStage, nextStep).carryOut();

    assertThat(lose(scene).status().restarts().pace().inARow()).isEqualTo(inARow);
  }

  @Test
  void theFurthestStepIsRememberedThroughSeveralRestarts() {
    Scene scene = Scene.training(MANY);
    for (long step : List.of(8, 6, 7)) {
      scene.step("finetune", step);
      lose(scene).pass(Duration.ofMinutes(6)).carryOut().carryOut().run(1);
    }

    assertThat(scene.status().restarts().pace())
        .returns(3, LitTrainingJobStatus.Pace::inARow)
        .returns("finetune", LitTrainingJobStatus.Pace::stage)
        .returns(8L, LitTrainingJobStatus.Pace::step);
  }

  @Test
  void whoResumesAJobSeesItStartAtOnce() {
    Scene scene = lose(lose(Scene.training(MANY))).spec("suspend: true").carryOut();
    scene.exit(0, 75).carryOut().carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDED);

    assertThat(scene.spec("suspend: false").carryOut().carryOut().pods())
        .containsExactly("job-0", "job-1");
    assertThat(scene.status().pending()).isNull();
  }

  private static Scene lose(Scene scene) {
    return scene.carryOut().run(1).report(Activity.FINETUNING).carryOut().exit(1, 71).carryOut();
  }
}
