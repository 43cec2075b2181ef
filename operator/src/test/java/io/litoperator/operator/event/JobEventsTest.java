package io.litoperator.operator.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Named.named;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.plan.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a person is told when something happens to a job. */
class JobEventsTest {
  /** Changes of status that may follow from one happening. */
  private static final int MOST_CHANGES = 5;

  static Stream<Arguments> happenings() {
    return Stream.of(
        row("made", Scene.created(""), scene -> scene, "Normal Started: Made 2 Pods."),
        row(
            "made of one node",
            Scene.created("topology: {nodes: 1}"),
            scene -> scene,
            "Normal Started: Made 1 Pod."),
        row(
            "made suspended",
            Scene.created("suspend: true"),
            scene -> scene,
            "Normal Suspended: The job has no Pods until spec.suspend is false."),
        row(
            "invalid",
            Scene.created("model: {languageModel: {source: 'pvc://data/../other'}}"),
            scene -> scene,
            "Warning Failed: spec.model.languageModel.source"),
        row(
            "held by a queue",
            Scene.created("").carryOut(),
            scene -> scene.gate(0).gate(1),
            "Normal Queued: Kueue has not admitted Pod job-0 yet."),
        row(
            "admitted",
            Scene.created("").carryOut().gate(0).gate(1).carryOut(),
            scene -> scene.admit(0).admit(1),
            "Normal Started: Made 2 Pods."),
        row(
            "no room",
            Scene.begun(""),
            scene -> scene.condition(1, "PodScheduled", "False", "Unschedulable", "0/1 nodes"),
            "Warning Unschedulable: Pod job-1: 0/1 nodes"),
        row(
            "another reason for no room",
            unschedulable(),
            scene -> unschedulable(scene, "0/2 nodes")),
        row("placed", unschedulable(), scene -> scene.edit(1, JobEventsTest::placed)),
        row("training", Scene.begun(""), scene -> scene.run(0).run(1).report(Activity.PRETRAINING)),
        row("the next stage", Scene.training(""), scene -> scene.report(Activity.EVALUATING)),
        row("a step", Scene.training(""), scene -> scene.step("finetune", 5)),
        row(
            "a lost Pod",
            Scene.training(""),
            scene -> scene.exit(1, 70),
            "Warning Restarting: The worker of Pod job-1 exited with code 70."),
        row(
            "a gang that ends together",
            Scene.training(""),
            scene -> scene.exit(0, 76).exit(1, 71),
            "Warning Restarting: The worker of Pod job-1 exited with code 71."),
        row(
            "a restart that costs nothing",
            Scene.training(""),
            scene -> scene.exit(1, 75),
            "Warning Restarting: The worker of Pod job-1 exited with code 75."),
        row(
            "a restart within the Pods",
            Scene.training(""),
            scene -> scene.report(Activity.FINETUNING, Map.of("RankFailed", 1)),
            "Warning Restarting: Ranks were restarted in place."),
        row(
            "a failure again before a step",
            restarted(),
            scene -> scene.exit(1, 70),
            "Warning Restarting: The worker of Pod job-1 exited with code 70.",
            "Warning BackOff: Restarts at 2026-01-01T00:06:10Z, because this is restart 2 since"),
        row(
            "a failure that no restart mends",
            Scene.training(""),
            scene -> scene.exit(1, 65),
            "Warning Failed: The worker of Pod job-1 exited with code 65."),
        row(
            "a failure too many",
            Scene.training("recovery: {maxRestarts: 0}"),
            scene -> scene.exit(1, 70),
            "Warning Failed: spec.recovery.maxRestarts is 0, and there was one more failure: The"),
        row(
            "suspended",
            Scene.training(""),
            scene -> scene.spec("suspend: true"),
            "Normal Suspending: A checkpoint is saved before the Pods are given back."),
        row(
            "at rest",
            Scene.training("").spec("suspend: true").carryOut(),
            scene -> scene.exit(0, 75).exit(1, 75),
            "Normal Suspended: The job has no Pods until spec.suspend is false."),
        row(
            "resumed",
            suspended(),
            scene -> scene.spec("suspend: false"),
            "Normal Started: Made 2 Pods."),
        row("another size", Scene.training(""), scene -> scene.spec("topology: {nodes: 3}")),
        row(
            "larger",
            Scene.training("").spec("topology: {nodes: 3}").carryOut(),
            scene -> scene.exit(0, 75).exit(1, 75),
            "Normal Resized: Goes on with 3 Pods, as spec.topology says now."),
        row(
            "smaller",
            Scene.training("").spec("topology: {nodes: 1}").carryOut(),
            scene -> scene.exit(0, 75).exit(1, 75),
            "Normal Resized: Goes on with 1 Pod, as spec.topology says now."),
        row(
            "as many Pods with more ranks",
            Scene.training("").spec("topology: {ranksPerNode: 2}").carryOut(),
            scene -> scene.exit(0, 75).exit(1, 75),
            "Normal Resized: Goes on with 2 Pods, as spec.topology says now."),
        row(
            "done",
            Scene.training("").report(Activity.DONE),
            scene -> scene.exit(0, 0).exit(1, 0),
            "Normal Succeeded: All stages are complete."));
  }

  private static Arguments row(
      String name, Scene before, UnaryOperator<Scene> happening, String... told) {
    return arguments(named(name, before), happening, List.of(told));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("happenings")
  void eachIsToldOnce(Scene scene, UnaryOperator<Scene> happening, List<String> told) {
    assertThat(tell(happening.apply(scene)).stream().map(JobEventsTest::line).toList())
        .zipSatisfy(told, (line, start) -> assertThat(line).startsWith(start));
    assertThat(JobEvents.between(Optional.of(scene.status()), scene.status())).isEmpty();
  }

  /** Events of one reason and occasion have one name, and the API server takes a name once. */
  @Test
  void whatHappensAgainIsAnotherOccasion() {
    Scene scene = Scene.training("recovery: {maxRestarts: 9}");
    List<JobEvent> told = new ArrayList<>();
    for (int time = 0; time < 3; time++) {
      told.addAll(tell(scene.exit(1, 70)));
      told.addAll(tell(scene.pass(Duration.ofMinutes(6))));
      told.addAll(tell(unschedulable(scene, "0/1 nodes")));
      scene.edit(1, JobEventsTest::placed).run(1).report(Activity.FINETUNING);
      told.addAll(tell(scene));
      told.addAll(tell(scene.spec("suspend: true")));
      told.addAll(tell(scene.exit(0, 75).exit(1, 75)));
      told.addAll(tell(scene.spec("suspend: false")));
      scene.run(0).run(1).report(Activity.FINETUNING).carryOut();
    }

    assertThat(told)
        .extracting(JobEvent::reason)
        .contains("Restarting", "Unschedulable", "Suspending", "Suspended", "Started");
    assertThat(told).extracting(event -> event.reason() + event.occasion()).doesNotHaveDuplicates();
  }

  /** What the operator tells until nothing changes any more. */
  private static List<JobEvent> tell(Scene scene) {
    List<JobEvent> told = new ArrayList<>();
    for (int change = 0; change < MOST_CHANGES; change++) {
      Optional<LitTrainingJobStatus> before = Optional.ofNullable(scene.status());
      if (scene.carryOut().status() != null) {
        told.addAll(JobEvents.between(before, scene.status()));
      }
    }
    return told;
  }

  private static String line(JobEvent event) {
    return (event.isWarning() ? "Warning " : "Normal ") + event.reason() + ": " + event.message();
  }

  private static Scene unschedulable() {
    return unschedulable(Scene.begun(""), "0/1 nodes").carryOut();
  }

  private static Scene unschedulable(Scene scene, String message) {
    return scene
        .edit(1, JobEventsTest::placed)
        .condition(1, "PodScheduled", "False", "Unschedulable", message);
  }

  private static PodBuilder placed(PodBuilder pod) {
    return pod.editStatus().withConditions().endStatus();
  }

  private static Scene suspended() {
    Scene scene = Scene.training("").spec("suspend: true").carryOut().exit(0, 75).exit(1, 75);
    tell(scene);
    return scene;
  }

  /** A gang that has come together again, in all the time that it may take. */
  private static Scene restarted() {
    Scene scene = Scene.training("").exit(1, 70);
    tell(scene);
    tell(scene.pass(Duration.ofMinutes(6)));
    return scene.run(1).report(Activity.FINETUNING).carryOut();
  }
}
