package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.litoperator.api.job.Problem;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.resource.Kueue;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which jobs are failed because they cannot run, and which are not any more. */
class AcceptanceTest {
  private static final Problem NOT_A_PODS = new Problem("spec.template.env[0]", "Invalid value");

  @Test
  void aJobThatCannotRunIsFailedWithoutPods() {
    Scene scene =
        Scene.created("model: {languageModel: {source: 'pvc://data/../other'}}").carryOut();

    assertThat(scene.status().phase()).isEqualTo(Phase.FAILED);
    assertThat(scene.status().members()).isEqualTo(List.of());
    assertThat(scene.pods()).isEmpty();
    assertThat(scene.status().conditions().get(0).getMessage())
        .startsWith("spec.model.languageModel.source");
    assertThat(scene.plan()).isEqualTo(Plan.NOTHING);
  }

  static Stream<Arguments> acceptedJobs() {
    return Stream.of(
        arguments(named("it trains", Scene.training(""))),
        arguments(named("it is suspended", Scene.created("suspend: true").carryOut())),
        arguments(named("it has no status yet", Scene.created("").carryOut())));
  }

  /** It stands for a rule that only the newer operator has: such a path is refused. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("acceptedJobs")
  void aJobThatWasAcceptedIsNotRefusedLater(Scene scene) {
    scene.spec("suspend: false\nmodel: {languageModel: {source: 'pvc://data/../other'}}");

    assertThat(scene.carryOut().carryOut().status().phase()).isNotEqualTo(Phase.FAILED);
    assertThat(scene.pods()).containsExactly("job-0", "job-1");
  }

  @Test
  void aLabelOfLaterCountsForTheNextGangAndIsNotLookedAt() {
    Scene scene = Scene.training("").label(Kueue.QUEUE_NAME, "No_Queue").exit(1, 71);
    assertThat(scene.carryOut().settle().carryOut().carryOut().podsThere())
        .noneMatch(pod -> pod.getMetadata().getLabels().containsKey(Kueue.QUEUE_NAME));

    scene.spec("suspend: true").carryOut().report(Activity.STOPPED).exit(0, 75).exit(1, 75);
    scene.carryOut().carryOut().spec("suspend: false").settle().carryOut().carryOut();
    assertThat(scene.status().phase()).isNotEqualTo(Phase.FAILED);
    assertThat(scene.podsThere())
        .hasSize(2)
        .allMatch(pod -> "No_Queue".equals(pod.getMetadata().getLabels().get(Kueue.QUEUE_NAME)));
  }

  @Test
  void aJobWhoseFirstPodNoApiServerTakesFails() {
    Scene scene = refused(Scene.created("")).carryOut();

    assertThat(scene.status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .returns(List.of(), LitTrainingJobStatus::members)
        .returns("Invalid", status -> status.conditions().get(0).getReason())
        .returns(NOT_A_PODS.toString(), status -> status.conditions().get(0).getMessage());
    assertThat(scene.plan()).isEqualTo(Plan.NOTHING);
  }

  @Test
  void aJobThatWasSuspendedBeforeItsFirstPodFails() {
    Scene scene = Scene.created("suspend: true").carryOut().spec("suspend: false");

    assertThat(refused(scene).carryOut().status().phase()).isEqualTo(Phase.FAILED);
  }

  static Stream<Arguments> begunJobs() {
    return Stream.of(
        arguments(named("one Pod is there", Scene.created("").carryOut().lose(1))),
        arguments(named("it has lost a Pod", Scene.training("").lose(1))),
        arguments(named("it has lost all Pods", Scene.training("").lose(0).lose(1))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("begunJobs")
  void aJobThatHadPodsWaitsForTheApiServerToTakeThemAgain(Scene scene) {
    assertThat(refused(scene).carryOut().status())
        .returns(Phase.PENDING, LitTrainingJobStatus::phase)
        .returns("PodRefused", status -> status.pending().reason());
  }

  private static Scene refused(Scene scene) {
    return scene.refuse("PodRefused", "Pod is invalid", Optional.of(NOT_A_PODS));
  }
}
