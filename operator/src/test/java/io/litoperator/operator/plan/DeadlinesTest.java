package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a job has taken too long, and when it is removed. */
class DeadlinesTest {
  @Test
  void theDeadlineEndsAJobAndItsPods() {
    Scene scene = Scene.training("activeDeadlineSeconds: 600");
    assertThat(scene.pass(Duration.ofSeconds(599)).carryOut().status().phase())
        .isEqualTo(Phase.FINETUNING);

    scene.pass(Duration.ofSeconds(1)).carryOut();
    assertThat(scene.status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .returns("2026-01-01T00:10:00Z", LitTrainingJobStatus::completionTime)
        .returns("DeadlineExceeded", status -> status.conditions().get(0).getReason());
    assertThat(scene.planned(Action.DeletePod.class)).containsExactly("job-0", "job-1");
  }

  @Test
  void theDeadlineStandsStillInAQueue() {
    Scene scene = Scene.created("activeDeadlineSeconds: 600").carryOut().gate(0).gate(1).carryOut();
    scene.pass(Duration.ofHours(1)).carryOut();
    assertThat(scene.status())
        .returns(Phase.QUEUED, LitTrainingJobStatus::phase)
        .returns(null, LitTrainingJobStatus::startTime);
    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(2));

    scene.admit(0).carryOut().pass(Duration.ofSeconds(30)).admit(1).carryOut();
    assertThat(scene.status().startTime()).isEqualTo("2026-01-01T01:00:00Z");
    scene.pass(Duration.ofSeconds(569)).carryOut();
    assertThat(scene.status().phase()).isNotEqualTo(Phase.FAILED);
    scene.pass(Duration.ofSeconds(1)).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
  }

  @Test
  void theDeadlineBeginsAnewForAJobThatIsBackInTheQueue() {
    Scene scene = Scene.training("activeDeadlineSeconds: 600").pass(Duration.ofSeconds(599));
    for (int index = 0; index < 2; index++) {
      scene.condition(index, "TerminationTarget", "True", "Preempted", "a prior job").delete(index);
    }
    scene.carryOut().settle().carryOut().gate(0).gate(1).pass(Duration.ofHours(1)).carryOut();
    assertThat(scene.status())
        .returns(Phase.QUEUED, LitTrainingJobStatus::phase)
        .returns(null, LitTrainingJobStatus::startTime);

    scene.admit(0).admit(1).carryOut();
    assertThat(scene.status().startTime()).isEqualTo("2026-01-01T01:09:59Z");
  }

  @Test
  void aFinishedJobIsRemovedInTime() {
    Scene scene = succeeded("ttlSecondsAfterFinished: 60");
    scene.pass(Duration.ofSeconds(59));
    assertThat(scene.plan())
        .isEqualTo(new Plan(List.of(), Optional.of(Scene.START.plusSeconds(60))));

    assertThat(scene.pass(Duration.ofSeconds(1)).plan().actions())
        .hasExactlyElementsOfTypes(Action.DeleteJob.class);
  }

  @Test
  void theTimeToLiveMayBeGivenLater() {
    Scene scene = succeeded("").pass(Duration.ofHours(1));
    assertThat(scene.plan().wakeAt()).isEmpty();

    assertThat(scene.spec("ttlSecondsAfterFinished: 60").plan().actions())
        .hasExactlyElementsOfTypes(Action.DeleteJob.class);
  }

  private static Scene succeeded(String spec) {
    return Scene.training(spec).exit(0, 0).exit(1, 0).carryOut();
  }
}
