package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What ends a Pod or rank, what it is called, and what it costs. */
class LossesTest {
  private static final int COSTS = 1;
  private static final int FREE = 0;

  static Stream<Arguments> losses() {
    return Stream.of(
        loss("exit code 1", "PodFailed", COSTS, scene -> scene.exit(1, 1)),
        loss("internal error", "PodFailed", COSTS, scene -> scene.exit(1, 70)),
        loss("accelerator fault", "AcceleratorFault", COSTS, scene -> scene.exit(1, 71)),
        loss("storage fault", "StorageFault", COSTS, scene -> scene.exit(1, 74)),
        loss("saved and interrupted", "Interrupted", FREE, scene -> scene.exit(1, 75)),
        loss("peer lost", "PeerLost", COSTS, scene -> scene.exit(1, 76)),
        loss("hang", "Hang", COSTS, scene -> scene.exit(1, 77)),
        loss("signal", "PodFailed", COSTS, scene -> scene.exit(1, 137)),
        loss("memory", "OOMKilled", COSTS, scene -> scene.exit(1, 137, "OOMKilled", null)),
        loss(
            "crash of the JVM",
            "PodFailed",
            COSTS,
            scene -> scene.exit(1, 134, "Error", "# SIGSEGV (0xb) at pc=0x00007f\n")),
        loss(
            "what the worker says",
            "RankFailed",
            COSTS,
            scene -> scene.exit(1, 70, null, "{\"lastFailure\": {\"reason\": \"RankFailed\"}}")),
        loss("eviction", "Evicted", FREE, scene -> disrupted(scene, "EvictionByEvictionAPI")),
        loss(
            "kubelet's eviction",
            "Evicted",
            FREE,
            scene -> disrupted(scene, "TerminationByKubelet")),
        loss("its own disk", "StorageLimitExceeded", COSTS, scene -> evicted(scene.exit(1, 137))),
        loss(
            "its own disk, saved",
            "StorageLimitExceeded",
            COSTS,
            scene -> evicted(scene.exit(1, 75))),
        loss(
            "the node's disk",
            "Evicted",
            FREE,
            scene -> evicted(disrupted(scene, "TerminationByKubelet"))),
        loss(
            "the node's disk, before it started",
            "PodRejected",
            FREE,
            scene -> scene.reject(1, "Evicted")),
        loss("preemption", "Preempted", FREE, scene -> disrupted(scene, "PreemptionByScheduler")),
        loss("lost node", "NodeLost", FREE, scene -> disrupted(scene, "DeletionByTaintManager")),
        loss(
            "Kueue's preemption",
            "Preempted",
            FREE,
            scene ->
                scene
                    .condition(1, "TerminationTarget", "True", "Preempted", "a prior job")
                    .delete(1)),
        loss(
            "Kueue's preemption, saved",
            "Preempted",
            FREE,
            scene ->
                scene
                    .condition(1, "TerminationTarget", "True", "WorkloadEvictedDueToX", "no quota")
                    .exit(1, 143)),
        loss("init container", "InitContainerFailed", COSTS, scene -> notStarted(scene, 64)),
        loss(
            "init container of a Pod that the node has no memory for",
            "Evicted",
            FREE,
            scene ->
                notStarted(scene, 137)
                    .condition(1, "DisruptionTarget", "True", "TerminationByKubelet", "low")),
        loss(
            "its own disk, before it started",
            "StorageLimitExceeded",
            COSTS,
            scene -> evicted(notStarted(scene, 137))),
        loss(
            "its own disk, before its kubelet tells that it started",
            "StorageLimitExceeded",
            COSTS,
            scene -> evicted(scene.reject(1, "Evicted"))),
        loss(
            "deletion before it started",
            "PodDeleted",
            COSTS,
            scene -> notStarted(scene, 143).delete(1)),
        loss(
            "what ends beside a sidecar",
            "PodFailed",
            COSTS,
            scene -> scene.sidecarCrashed(1, "logs", 64, true).exit(1, 70)),
        loss("deletion under way", "PodDeleted", COSTS, scene -> scene.delete(1)),
        loss("deletion", "PodDeleted", COSTS, scene -> scene.lose(1)));
  }

  private static Arguments loss(
      String name, String reason, int cost, UnaryOperator<Scene> happening) {
    return arguments(named(name, happening), reason, cost);
  }

  private static Scene notStarted(Scene scene, int exitCode) {
    return scene.waiting(1, "PodInitializing", null).initialized(1, "prepare", exitCode, null);
  }

  private static Scene disrupted(Scene scene, String reason) {
    return scene.condition(1, "DisruptionTarget", "True", reason, "as it must be").exit(1, 143);
  }

  /** By its kubelet; why, the conditions say. */
  private static Scene evicted(Scene scene) {
    return scene.edit(
        1,
        pod ->
            pod.editStatus()
                .withReason("Evicted")
                .withMessage("Usage of EmptyDir volume \"lit-output\" exceeds the limit \"1Gi\". ")
                .endStatus());
  }

  @ParameterizedTest(name = "{0} is {1} and costs {2}")
  @MethodSource("losses")
  void aLostPodIsReplacedAndTheOtherStays(UnaryOperator<Scene> happening, String reason, int cost) {
    Scene scene = happening.apply(Scene.training(""));

    assertThat(scene.carryOut().status())
        .returns(2, LitTrainingJobStatus::attempt)
        .returns(Phase.RESTARTING, LitTrainingJobStatus::phase)
        .returns(
            List.of(new Member(0, "pod-1", 1), new Member(1, null, 2)),
            LitTrainingJobStatus::members)
        .returns(cost, status -> status.restarts().total())
        .returns(Map.of(reason, 1), status -> status.restarts().byReason())
        .returns(reason, status -> status.lastFailure().reason());
    scene.settle().pass(Duration.ofSeconds(10));
    assertThat(scene.carryOut().carryOut().status().members().get(1))
        .isEqualTo(new Member(1, "pod-3", 2));
    assertThat(scene.status().restarts().total()).as("counted once").isEqualTo(cost);
  }

  @Test
  void whatAnInitContainerSaysIsToldAndItsExitCodeIsNoRanks() {
    Scene scene =
        Scene.training("recovery: {rules: [{\"on\": \"2\", action: fail}]}")
            .waiting(1, "PodInitializing", null)
            .initialized(
                1, "prepare", 2, "a\nmkdir: cannot create '/data': Read-only file system\n")
            .carryOut();

    assertThat(scene.status().lastFailure())
        .isEqualTo(
            new LastFailure(
                "InitContainerFailed",
                "Init container prepare of Pod job-1 exited with code 2: mkdir: cannot create"
                    + " '/data': Read-only file system",
                null,
                null,
                "node-1",
                "a\nmkdir: cannot create '/data': Read-only file system",
                "2026-01-01T00:00:00Z"));
    assertThat(scene.status().pending().message())
        .endsWith(": " + scene.status().lastFailure().message());
  }

  @Test
  void aSidecarThatCrashesIsItsKubeletsToRestart() {
    Scene scene = Scene.training("").sidecarCrashed(1, "logs", 1, true);

    assertThat(scene.plan().actions()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"64", "65", "66"})
  void anotherAttemptWouldEndTheSameWay(int code) {
    LitTrainingJobStatus status = Scene.training("").exit(1, code).carryOut().status();

    assertThat(status.phase()).isEqualTo(Phase.FAILED);
    assertThat(status.restarts().total()).isZero();
    assertThat(status.lastFailure().exitCode()).isEqualTo(code);
  }

  @ParameterizedTest(name = "rule {0}: {1} on exit code {2}")
  @CsvSource({
    "'\"70\"', fail,        70, FAILED,     0",
    "'\"70\"', restartFree, 70, RESTARTING, 0",
    "'\"75\"', restart,     75, RESTARTING, 1",
    "'\"65\"', restart,     65, RESTARTING, 1",
    "AcceleratorFault, fail, 71, FAILED,     0",
    "AcceleratorFault, fail, 70, RESTARTING, 1",
  })
  void theJobsOwnRulesComeFirst(String on, String action, int code, Phase phase, int cost) {
    String rules = "recovery: {rules: [{\"on\": %s, action: %s}]}".formatted(on, action);
    LitTrainingJobStatus status = Scene.training(rules).exit(1, code).carryOut().status();

    assertThat(status.phase()).isEqualTo(phase);
    assertThat(status.restarts().total()).isEqualTo(cost);
  }

  @Test
  void theFirstRuleThatFitsDecides() {
    String rules =
        """
        recovery:
          rules:
          - {"on": OOMKilled, action: restartFree}
          - {"on": "137", action: fail}
        """;

    assertThat(Scene.training(rules).exit(1, 137, "OOMKilled", null).carryOut().status())
        .returns(Phase.RESTARTING, LitTrainingJobStatus::phase)
        .returns(0, status -> status.restarts().total());
  }

  @Test
  void aGangThatEndsTogetherIsOneLossByItsRoot() {
    LitTrainingJobStatus status = Scene.training("").exit(0, 76).exit(1, 71).carryOut().status();

    assertCounted(status, "AcceleratorFault");
  }

  private static void assertCounted(LitTrainingJobStatus status, String reason) {
    assertThat(status.restarts())
        .returns(1, Restarts::total)
        .returns(Map.of(reason, 1), Restarts::byReason);
  }

  @Test
  void aLossThatTheCoordinatorTellsOfFirstIsCounted() {
    Scene scene =
        Scene.training("")
            .report(Activity.WAITING)
            .carryOut()
            .exit(1, 137, "OOMKilled", null)
            .carryOut();

    assertCounted(scene.status(), "OOMKilled");
    assertThat(scene.status().attempt()).isEqualTo(2);
  }

  @Test
  void theRestOfAGangThatEndsLaterIsNotCountedAgain() {
    Scene scene = Scene.training("").exit(1, 71).carryOut().exit(0, 76).carryOut();

    assertCounted(scene.status(), "AcceleratorFault");
    assertThat(scene.status().members())
        .containsExactly(new Member(0, null, 2), new Member(1, null, 2));
  }

  @Test
  void theDecisionIsOnRecordBeforeAnythingIsDone() {
    List<Action> actions = Scene.training("").exit(1, 70).plan().actions();

    assertThat(actions)
        .filteredOn(
            action -> action instanceof Action.PatchStatus || action instanceof Action.DeletePod)
        .hasExactlyElementsOfTypes(Action.PatchStatus.class, Action.DeletePod.class);
  }

  @Test
  void aRuleMayNameTheKubeletsReason() {
    String rules = "recovery: {rules: [{\"on\": OutOfcpu, action: fail}]}";

    assertThat(Scene.training(rules).reject(1, "OutOfcpu").carryOut().status().phase())
        .isEqualTo(Phase.FAILED);
  }

  @ParameterizedTest(name = "on {0}")
  @CsvSource({"Evicted, 1", "StorageLimitExceeded, 0"})
  void aRuleOnEvictedIsNotAboutAPodsOwnLimits(String on, int cost) {
    String rules = "recovery: {rules: [{\"on\": %s, action: restartFree}]}".formatted(on);

    assertThat(evicted(Scene.training(rules).exit(1, 137)).carryOut().status().restarts().total())
        .isEqualTo(cost);
  }

  @Test
  void whoTakesTooMuchDiskIsToldOfWhich() {
    LitTrainingJobStatus status = evicted(Scene.training("").exit(1, 137)).carryOut().status();

    assertThat(status.lastFailure().message())
        .isEqualTo(
            "The kubelet of node node-1 evicted Pod job-1, which took more disk than its own limits"
                + " allow: Usage of EmptyDir volume \"lit-output\" exceeds the limit \"1Gi\".");
  }

  @Test
  void theBudgetIsOfRestartsThatCost() {
    Scene scene = Scene.training("recovery: {maxRestarts: 1}");
    again(scene.exit(1, 75));
    again(scene.exit(1, 75));
    again(scene.exit(1, 70));
    assertThat(scene.status().phase()).isEqualTo(Phase.FINETUNING);

    assertThat(scene.exit(1, 70).carryOut().status())
        .returns(Phase.FAILED, LitTrainingJobStatus::phase)
        .returns(1, status -> status.restarts().total())
        .returns("RestartsExhausted", status -> status.conditions().get(0).getReason())
        .returns(
            "spec.recovery.maxRestarts is 1, and there was one more failure: The"
                + " worker of Pod job-1 exited with code 70.",
            status -> status.conditions().get(0).getMessage());
  }

  private static void again(Scene scene) {
    scene
        .carryOut()
        .pass(Duration.ofMinutes(6))
        .carryOut()
        .carryOut()
        .run(1)
        .report(Activity.FINETUNING)
        .carryOut();
  }
}
