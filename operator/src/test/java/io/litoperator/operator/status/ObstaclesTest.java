package io.litoperator.operator.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pending;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.plan.Scene;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person reads of a job that does not run. */
class ObstaclesTest {
  static Stream<Arguments> obstacles() {
    return Stream.of(
        obstacle(
            "quota",
            scene -> scene.lose(1).refuse("QuotaExceeded", "exceeded quota: pods, used: 5"),
            Phase.PENDING,
            "QuotaExceeded",
            "exceeded quota: pods, used: 5"),
        obstacle(
            "Kueue's queue",
            scene ->
                gated(scene, "kueue.x-k8s.io/admission")
                    .workload(
                        "{conditions: [{type: QuotaReserved, status: 'False',"
                            + " message: 'insufficient unused quota for cpu'}]}"),
            Phase.QUEUED,
            "Queued",
            "Kueue: insufficient unused quota for cpu"),
        obstacle(
            "Kueue without a word",
            scene -> gated(scene, "kueue.x-k8s.io/admission"),
            Phase.QUEUED,
            "Queued",
            "Kueue has not admitted Pod job-0 yet."),
        obstacle(
            "PodGroup",
            scene ->
                scene.podGroup(
                    "{conditions: [{type: Unschedulable, status: 'True',"
                        + " message: '2/2 tasks in gang unschedulable'}]}"),
            Phase.QUEUED,
            "GangUnschedulable",
            "PodGroup: 2/2 tasks in gang unschedulable"),
        obstacle(
            "PodGroup that goes on about a Pod",
            scene ->
                scene.podGroup(
                    "{conditions: [{type: Unschedulable, status: 'True', message: '2/2 tasks in"
                        + " gang unschedulable: pod group is not ready, 2 Pending, 2 minAvailable;"
                        + " Pending: 1 Schedulable, 1 Unschedulable. Origin reason is job-1: 0/1"
                        + " nodes are unavailable: 1 Insufficient nvidia.com/gpu.'}]}"),
            Phase.QUEUED,
            "GangUnschedulable",
            "PodGroup: 2/2 tasks in gang unschedulable: pod group is not ready, 2 Pending, 2"
                + " minAvailable; Pending: 1 Schedulable, 1 Unschedulable; job-1: 0/1 nodes are"
                + " unavailable: 1 Insufficient nvidia.com/gpu."),
        obstacle(
            "another's gate",
            scene -> gated(scene, "example.com/topology"),
            Phase.PENDING,
            "SchedulingGated",
            "Pod job-0 waits for scheduling gate example.com/topology to be lifted."),
        obstacle(
            "scheduler",
            scene ->
                scene.condition(
                    1,
                    "PodScheduled",
                    "False",
                    "Unschedulable",
                    "0/3 nodes are available: 3 Insufficient nvidia.com/gpu. preemption: 0/3 nodes"
                        + " are available: 3 No preemption victims found for incoming pod."),
            Phase.PENDING,
            "Unschedulable",
            "Pod job-1: 0/3 nodes are available: 3 Insufficient nvidia.com/gpu."),
        obstacle(
            "no scheduler",
            scene ->
                scene
                    .edit(1, pod -> pod.editSpec().withSchedulerName("volcano").endSpec())
                    .run(0)
                    .pass(Duration.ofSeconds(60)),
            Phase.PENDING,
            "NotScheduled",
            "No scheduler has looked at Pod job-1 for more than 60 s: does volcano run?"),
        obstacle(
            "image",
            scene -> scene.place(0).waiting(0, "ImagePullBackOff", "Back-off pulling image \"x\""),
            Phase.PENDING,
            "ImagePullBackOff",
            "Pod job-0: Back-off pulling image \"x\""),
        obstacle(
            "image of an init container",
            scene ->
                initializing(scene).initWaits(0, "prepare", "ErrImagePull", "no such image \"x\""),
            Phase.PENDING,
            "ErrImagePull",
            "Init container prepare of Pod job-0: no such image \"x\""),
        obstacle(
            "sidecar",
            scene -> initializing(scene).sidecarCrashed(0, "logs", 2, false),
            Phase.PENDING,
            "CrashLoopBackOff",
            "Init container logs of Pod job-0 exited with code 2 before the worker could start, and"
                + " is started again; see kubectl logs job-0 -c logs --previous."),
        obstacle(
            "init container that takes long",
            scene -> initializing(scene).initializes(0, "prepare").pass(Duration.ofSeconds(60)),
            Phase.PENDING,
            "Initializing",
            "Init container prepare of Pod job-0 runs since 2026-01-01T00:00:00Z; see kubectl logs"
                + " job-0 -c prepare."),
        obstacle(
            "container after an init container",
            scene ->
                initializing(scene)
                    .pass(Duration.ofSeconds(600))
                    .initialized(0, "prepare", 0, null)
                    .pass(Duration.ofSeconds(60)),
            Phase.PENDING,
            "ContainerCreating",
            "Pod job-0 waits on node node-0 for its container for more than 60 s: its volumes, image"
                + " or network are not there yet; see the Pod's events."),
        obstacle(
            "volume",
            scene ->
                scene.place(0).waiting(0, "ContainerCreating", null).pass(Duration.ofSeconds(60)),
            Phase.PENDING,
            "ContainerCreating",
            "Pod job-0 waits on node node-0 for its container for more than 60 s: its volumes, image"
                + " or network are not there yet; see the Pod's events."),
        obstacle(
            "secret",
            scene ->
                scene
                    .place(0)
                    .waiting(0, "CreateContainerConfigError", "secret \"judge\" not found"),
            Phase.PENDING,
            "CreateContainerConfigError",
            "Pod job-0: secret \"judge\" not found"),
        obstacle(
            "agents",
            scene -> scene.run(0).run(1).pass(Duration.ofSeconds(30)),
            Phase.PENDING,
            "AgentsMissing",
            "All Pods run, but only 0 of 2 agents have registered; see the Pods' logs."));
  }

  private static Arguments obstacle(
      String name, UnaryOperator<Scene> happening, Phase phase, String reason, String message) {
    return arguments(named(name, happening), phase, reason, message);
  }

  private static Scene initializing(Scene scene) {
    return scene.place(0).waiting(0, "PodInitializing", null);
  }

  private static Scene gated(Scene scene, String gate) {
    return scene.edit(
        0,
        pod -> pod.editSpec().addNewSchedulingGate().withName(gate).endSchedulingGate().endSpec());
  }

  @ParameterizedTest(name = "{0}: {2}")
  @MethodSource("obstacles")
  void theReasonIsTold(UnaryOperator<Scene> happening, Phase phase, String reason, String message) {
    Scene scene = happening.apply(Scene.begun("")).carryOut();

    assertThat(scene.status().phase()).isEqualTo(phase);
    assertThat(scene.status().pending().reason()).isEqualTo(reason);
    assertThat(scene.status().pending().message()).isEqualTo(message);
  }

  @Test
  void whatAllContainersBeginWithIsNoObstacleAtFirst() {
    Scene scene = Scene.begun("").place(0).waiting(0, "ContainerCreating", null);

    assertThat(scene.carryOut().status().pending()).isNull();
    assertThat(scene.plan().wakeAt()).contains(Scene.START.plusSeconds(60));
  }

  static Stream<Arguments> waits() {
    return Stream.of(
        wait("for a scheduler", scene -> scene, 60),
        wait("for another's", scene -> scene.run(0), 60),
        wait("for Kueue's word", scene -> gated(scene, "kueue.x-k8s.io/admission"), 2),
        wait(
            "in a queue",
            scene ->
                gated(scene, "kueue.x-k8s.io/admission")
                    .workload("{conditions: [{type: QuotaReserved, status: 'False'}]}"),
            60),
        wait("for agents", scene -> scene.run(0).pass(Duration.ofSeconds(7)).run(1), 30));
  }

  private static Arguments wait(String name, UnaryOperator<Scene> happening, int seconds) {
    return arguments(named(name, happening), seconds);
  }

  /** Nothing else would have the job looked at when a wait has become too long. */
  @ParameterizedTest(name = "{0}: after {1} s")
  @MethodSource("waits")
  void aWaitIsLookedAtAgain(UnaryOperator<Scene> happening, int seconds) {
    Scene scene = happening.apply(Scene.begun("")).carryOut();

    assertThat(scene.plan().wakeAt()).contains(scene.now().plusSeconds(seconds));
  }

  @Test
  void anInitContainerHasAMinuteOfItsOwn() {
    Scene scene = initializing(Scene.begun("")).pass(Duration.ofSeconds(50));
    scene.initializes(0, "prepare").pass(Duration.ofSeconds(30));

    assertThat(scene.carryOut().status().pending()).isNull();
    assertThat(scene.plan().wakeAt()).contains(Scene.START.plusSeconds(110));

    scene.initialized(0, "prepare", 0, null);
    assertThat(scene.plan().wakeAt()).contains(Scene.START.plusSeconds(140));
  }

  @Test
  void aVolumeThatIsMissingMayBeTheTemplates() {
    Scene scene =
        Scene.begun(
                "finetune: {objective: {templates: {configMapKeyRef: {name: ours, key: a.txt}}}}")
            .place(0)
            .waiting(0, "ContainerCreating", null)
            .pass(Duration.ofSeconds(60));

    assertThat(scene.carryOut().status().pending().message())
        .contains("its volumes (ConfigMap ours with entry a.txt among them), image or network");
  }

  @Test
  void aContainerThatDoesNotComeIsToldOfInTheKubeletsWords() {
    Scene scene =
        Scene.begun("")
            .place(0)
            .waiting(0, "ContainerCreating", null)
            .warned(0, "FailedMount", "MountVolume.SetUp failed for volume \"data\"")
            .pass(Duration.ofSeconds(60));

    assertThat(scene.carryOut().status().pending().message())
        .isEqualTo(
            "Pod job-0 waits on node node-0 for its container for more than 60 s;"
                + " the last warning is FailedMount: MountVolume.SetUp failed for volume \"data\"");
    assertThat(scene.plan().wakeAt()).as("other words").contains(scene.now().plusSeconds(60));
  }

  static Stream<Named<UnaryOperator<Scene>>> warningsThatDoNotTellWhy() {
    return Stream.of(
        named("about another Pod", scene -> scene.warned(1, "FailedMount", "no volume")),
        named(
            "from before it was placed",
            scene ->
                scene
                    .warned(0, "FailedScheduling", "0/3 nodes")
                    .pass(Duration.ofSeconds(30))
                    .condition(0, "PodScheduled", "True", null, null)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void warningsThatDoNotTellWhy(UnaryOperator<Scene> warning) {
    Scene scene = Scene.begun("").place(0).waiting(0, "ContainerCreating", null);
    warning.apply(scene).pass(Duration.ofSeconds(60));

    assertThat(scene.carryOut().status().pending().message()).contains("see the Pod's events");
  }

  @Test
  void anObstacleIsTimedFromItsBeginning() {
    Scene scene = unschedulable(Scene.begun(""), "0/3 nodes").carryOut();
    scene.pass(Duration.ofMinutes(5));
    unschedulable(scene, "0/4 nodes").carryOut();

    assertThat(scene.status().pending())
        .isEqualTo(new Pending("Unschedulable", "Pod job-0: 0/4 nodes", "2026-01-01T00:00:00Z"));
  }

  private static Scene unschedulable(Scene scene, String message) {
    return scene
        .edit(0, pod -> pod.editStatus().withConditions().endStatus())
        .condition(0, "PodScheduled", "False", "Unschedulable", message);
  }
}
