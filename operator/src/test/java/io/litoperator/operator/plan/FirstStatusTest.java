package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of many jobs that are made at once, all have Pods before the status of any tells so. */
class FirstStatusTest {
  static Stream<Named<Scene>> newJobs() {
    return Stream.of(
        named("with the API server's default", Scene.created("")),
        named("without any status", Scene.created("").withoutStatus()));
  }

  @ParameterizedTest
  @MethodSource("newJobs")
  void waitsWhileOtherJobsWaitForTheirPods(Scene created) {
    Scene scene = created.othersWait(true).carryOut();

    assertThat(scene.pods()).containsExactly("job-0", "job-1");
    assertThat(scene.plan())
        .isEqualTo(new Plan(List.of(), Optional.of(Scene.START.plus(Duration.ofSeconds(1)))));
    assertThat(tells(scene.othersWait(false))).isTrue();
  }

  static Stream<Named<UnaryOperator<Scene>>> whatIsToldAtOnce() {
    return Stream.of(
        named("it has waited long enough", scene -> scene.pass(Duration.ofSeconds(30))),
        named("a Pod failed", scene -> scene.exit(1, 70)),
        named("a Pod is deleted", scene -> scene.delete(0)),
        named("the job is to stop", scene -> scene.spec("suspend: true")));
  }

  @ParameterizedTest
  @MethodSource
  void whatIsToldAtOnce(UnaryOperator<Scene> happens) {
    Scene scene = Scene.created("").othersWait(true).carryOut();

    assertThat(tells(happens.apply(scene))).isTrue();
  }

  @Test
  void aJobWhosePodsAreRefusedTellsSo() {
    Scene scene = Scene.created("").othersWait(true).refuse("QuotaExceeded", "exceeded quota");
    scene.carryOut();

    assertThat(scene.status().pending().reason()).isEqualTo("QuotaExceeded");
  }

  @Test
  void whatIsMissingIsMadeFirst() {
    Scene scene = Scene.created("").othersWait(true).carryOut().forgetObjects();

    assertThat(scene.plan().actions()).hasAtLeastOneElementOfType(Action.Apply.class);
  }

  @Test
  void nothingIsAskedForWhileARefusalHolds() {
    Scene scene = Scene.created("").refuse("NameTaken", "There is one already.");

    assertThat(scene.plan().actions())
        .noneMatch(Action.Apply.class::isInstance)
        .noneMatch(Action.CreateSecret.class::isInstance)
        .noneMatch(Action.CreatePod.class::isInstance)
        .hasAtLeastOneElementOfType(Action.PatchStatus.class);
    assertThat(scene.pass(Duration.ofMinutes(1)).plan().actions())
        .hasAtLeastOneElementOfType(Action.CreatePod.class);
  }

  @Test
  void thePodGroupIsMadeAsLongAsAPodIsToBeScheduled() {
    Scene scene = Scene.created("scheduling: {gang: volcano}").carryOut().forgetObjects();

    assertThat(scene.plan().actions())
        .anyMatch(
            action ->
                action instanceof Action.Apply apply
                    && apply.object().getKind().equals("PodGroup"));
  }

  private static boolean tells(Scene scene) {
    return scene.plan().actions().stream().anyMatch(Action.PatchStatus.class::isInstance);
  }
}
