package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How a gang is brought to rest, to be suspended or to get another size. */
class HaltsTest {
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
  void theDeadlineStandsStillForASuspendedJob() {
    Scene scene = suspended("activeDeadlineSeconds: 600").pass(Duration.ofHours(1));

    assertThat(scene.carryOut().status().phase()).isEqualTo(Phase.SUSPENDED);
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
  void anotherSizeIsNoFailureThatAnEventTellsOf() {
    Scene scene = Scene.training("").exit(1, 71);
    assertThat(events(scene)).containsExactly("Restarting");

    scene.carryOut().carryOut().run(1).report(Activity.FINETUNING).carryOut();
    scene.spec("topology: {nodes: 3}").carryOut().report(Activity.STOPPED).exit(0, 75).exit(1, 75);
    assertThat(events(scene)).containsExactly("Resized");
    assertThat(scene.carryOut().status().restarts().byReason()).containsEntry("Resized", 1);
  }

  private static List<String> events(Scene scene) {
    return scene.plan().actions().stream()
        .flatMap(action -> action instanceof Action.Emit emit ? Stream.of(emit) : Stream.of())
        .map(emit -> emit.event().reason())
        .toList();
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
}
