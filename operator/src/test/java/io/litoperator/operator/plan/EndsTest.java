package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Workers;
import io.litoperator.operator.resource.Kueue;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a gang is brought to rest, and a job to its end. */
class StopsTest {
  private static final String SUSPEND = "suspend: true";
  private static final String RESUME = "suspend: false";

  @Test
  void aSuspendedGangIsGivenTimeToSave() {
    Scene scene = Scene.training("").spec(SUSPEND).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDING);
    assertThat(scene.planned(Action.DeletePod.class)).isEmpty();
    assertThat(scene.plan().wakeAt()).contains(Scene.START.plus(Duration.ofMinutes(5)));

    scene.report(Activity.STOPPED).exit(0, 75).exit(1, 75).carryOut();
    assertThat(scene.status())
        .returns(Phase.SUSPENDED, LitTrainingJobStatus::phase)
        .returns(null, LitTrainingJobStatus::startTime)
        .returns(0, status -> status.restarts().total());
    assertThat(scene.carryOut().pods()).isEmpty();
    assertThat(scene.plan().actions()).isEmpty();
  }

  @Test
  void aGangThatDoesNotStopIsStopped() {
    Scene scene = Scene.training("").spec(SUSPEND).carryOut().pass(Duration.ofMinutes(5));

    assertThat(scene.planned(Action.DeletePod.class)).containsExactly("job-0", "job-1");
    assertThat(scene.carryOut().carryOut().status())
        .returns(Phase.SUSPENDED, LitTrainingJobStatus::phase)
        .returns(0, status -> status.restarts().total());
  }

  @Test
  void aJobWithALongerGraceIsGivenAsLongToSave() {
    Scene scene =
        Scene.training("template: {terminationGracePeriodSeconds: 900}").spec(SUSPEND).carryOut();

    assertThat(scene.plan().wakeAt()).contains(Scene.START.plus(Duration.ofMinutes(15)));
  }

  @Test
  void aGangThatHasNothingToSaveIsStoppedAtOnce() {
    Scene scene = Scene.begun("").run(0).run(1).spec(SUSPEND);

    assertThat(scene.planned(Action.DeletePod.class)).containsExactly("job-0", "job-1");
  }

  @Test
  void aJobMadeSuspendedHasNoPods() {
    Scene scene = Scene.created(SUSPEND).carryOut();

    assertThat(scene.status().phase()).isEqualTo(Phase.SUSPENDED);
    assertThat(scene.pods()).isEmpty();
    assertThat(scene.spec(RESUME).carryOut().carryOut().pods()).containsExactly("job-0", "job-1");
    assertThat(scene.status().attempt()).isEqualTo(1);
  }

  @Test
  void aResumedJobBeginsAnotherAttemptAndItsTimeAnew() {
    Scene scene = suspended("").pass(Duration.ofHours(1)).spec(RESUME);
    scene.carryOut().carryOut();

    assertThat(scene.status())
        .returns(Phase.STARTING, LitTrainingJobStatus::phase)
        .returns(2, LitTrainingJobStatus::attempt)
        .returns("2026-01-01T01:00:00Z", LitTrainingJobStatus::startTime)
        .returns(0, status -> status.restarts().total());
    assertThat(scene.pods()).containsExactly("job-0", "job-1");
  }

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
    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(60));

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
  void theDeadlineStandsStillForASuspendedJob() {
    Scene scene = suspended("activeDeadlineSeconds: 600").pass(Duration.ofHours(1));

    assertThat(scene.carryOut().status().phase()).isEqualTo(Phase.SUSPENDED);
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

  @Test
  void aGangOfAnotherSizeIsMadeWhenThisOneHasSaved() {
    Scene scene = Scene.training("").spec("topology: {nodes: 3}").carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.RESTARTING);
    assertThat(scene.status().conditions().get(0).getReason()).isEqualTo("Resizing");
    assertThat(scene.planned(Action.DeletePod.class)).isEmpty();

    scene.report(Activity.STOPPED).exit(0, 75).exit(1, 75).carryOut().carryOut().carryOut();
    assertThat(scene.pods()).containsExactly("job-0", "job-1", "job-2");
    assertThat(scene.status())
        .returns(2, LitTrainingJobStatus::attempt)
        .returns(Map.of("Resized", 1), status -> status.restarts().byReason())
        .returns(0, status -> status.restarts().total());
    assertThat(scene.status().members()).extracting(Member::attempt).containsOnly(2);
  }

  @Test
  void aSmallerGangLosesItsLastPods() {
    Scene scene = Scene.training("").spec("topology: {nodes: 1}").carryOut();
    scene.report(Activity.STOPPED).exit(0, 75).exit(1, 75).carryOut().carryOut().carryOut();

    assertThat(scene.pods()).containsExactly("job-0");
    assertThat(scene.status().members()).hasSize(1);
  }

  @Test
  void agentZeroEndsWellForAll() {
    assertThat(Scene.training("").exit(0, 0).carryOut().status().phase())
        .isEqualTo(Phase.SUCCEEDED);
    assertThat(Scene.training("").exit(1, 0).carryOut().status().phase())
        .isEqualTo(Phase.FINETUNING);
  }

  @Test
  void aJobThatIsOverHasNoWorkersThoughTheyStillRun() {
    Scene scene = Scene.training("").report(Activity.DONE).delete(0).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.SUCCEEDED);

    assertThat(scene.status().workers()).isEqualTo(new Workers(0, 0, 0));
  }

  @Test
  void agentsThatOutliveSuccessAreStopped() {
    Scene scene = Scene.training("").exit(0, 0).carryOut().pass(Duration.ofSeconds(29));
    assertThat(scene.planned(Action.DeletePod.class)).isEmpty();

    assertThat(scene.pass(Duration.ofSeconds(1)).planned(Action.DeletePod.class))
        .containsExactly("job-1");
  }

  @Test
  void aPodOnADeadNodeIsRemovedByForceInTheEnd() {
    Scene scene = Scene.training("").delete(1).carryOut().pass(Duration.ofSeconds(149));
    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
    assertThat(scene.planned(Action.CreatePod.class)).isEmpty();

    assertThat(scene.pass(Duration.ofSeconds(1)).planned(Action.ForceDeletePod.class))
        .containsExactly("job-1");
  }

  @Test
  void aPodWhoseKubeletWasSilentBeforeIsRemovedByForceAtOnce() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .condition(1, "ContainersReady", "True", null, null)
            .condition(1, "Ready", "False", null, null)
            .pass(Duration.ofSeconds(30))
            .delete(1)
            .carryOut();

    assertThat(scene.status().attempt()).isEqualTo(2);
    assertThat(scene.planned(Action.ForceDeletePod.class)).containsExactly("job-1");
  }

  @Test
  void aPodThatIsNotReadyBecauseItEndsHasItsGrace() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .delete(1)
            .condition(1, "ContainersReady", "True", null, null)
            .condition(1, "Ready", "False", null, null)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aPodWithASidecarThatIsNotReadyHasItsGrace() {
    Scene scene =
        Scene.training("")
            .pass(Duration.ofMinutes(1))
            .condition(1, "ContainersReady", "False", "ContainersNotReady", null)
            .condition(1, "Ready", "False", "ContainersNotReady", null)
            .pass(Duration.ofSeconds(30))
            .delete(1)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aPodThatNeverStartedHasItsGrace() {
    Scene scene =
        Scene.begun("")
            .place(1)
            .condition(1, "Ready", "False", "ContainersNotReady", null)
            .pass(Duration.ofMinutes(1))
            .delete(1)
            .carryOut();

    assertThat(scene.planned(Action.ForceDeletePod.class)).isEmpty();
  }

  @Test
  void aFailedGroupGivesItsQuotaBackOnce() {
    Scene scene = heldByKueue(Scene.training("").exit(0, 65).exit(1, 76)).carryOut();
    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
    assertThat(scene.planned(Action.GiveQuotaBack.class)).containsExactly("job-0");

    scene.edit(
        0, pod -> pod.editMetadata().addToAnnotations(Kueue.RETRIABLE, "false").endMetadata());
    assertThat(scene.planned(Action.GiveQuotaBack.class)).isEmpty();
  }

  @Test
  void aGroupThatSucceededNeedsNoWord() {
    Scene scene = heldByKueue(Scene.training("").exit(0, 0).exit(1, 0)).carryOut();

    assertThat(scene.pass(Duration.ofMinutes(1)).plan().actions()).isEmpty();
  }

  @Test
  void anotherControllersJobIsLeftAlone() {
    assertThat(Scene.created("managedBy: kueue.x-k8s.io/multikueue").plan())
        .isEqualTo(Plan.NOTHING);
  }

  private static Scene suspended(String spec) {
    return Scene.training(spec)
        .spec(SUSPEND)
        .carryOut()
        .exit(0, 75)
        .exit(1, 75)
        .carryOut()
        .carryOut();
  }

  private static Scene succeeded(String spec) {
    return Scene.training(spec).exit(0, 0).exit(1, 0).carryOut();
  }

  private static Scene heldByKueue(Scene scene) {
    for (int index = 0; index < 2; index++) {
      scene.edit(index, pod -> pod.editMetadata().withFinalizers(Kueue.FINALIZER).endMetadata());
    }
    return scene;
  }
}
