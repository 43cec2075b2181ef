package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The one answer to why a job is not running, from all objects that may know. */
final class Obstacles {
  /** Waiting reasons with which every container begins. */
  private static final Set<String> USUAL = Set.of("ContainerCreating", "PodInitializing");

  private final Snapshot snapshot;
  private final Course course;
  private final List<ObservedPod> pods;

  private Obstacles(Snapshot snapshot, Course course) {
    this.snapshot = snapshot;
    this.course = course;
    this.pods = snapshot.lasting();
  }

  static Obstacle.Finding in(Snapshot snapshot, Course course) {
    return new Obstacles(snapshot, course).find();
  }

  private Obstacle.Finding find() {
    Optional<Obstacle> found =
        refusal()
            .or(this::pause)
            .or(this::former)
            .or(() -> Queues.obstacle(snapshot, pods))
            .or(this::gate)
            .or(this::unschedulable)
            .or(this::initContainer)
            .or(this::container);
    return found.map(Obstacle.Finding::of).orElseGet(() -> Slowness.of(snapshot, course, pods));
  }

  /** Pods that are all there want for nothing. */
  private Optional<Obstacle> refusal() {
    return snapshot
        .refusal()
        .filter(refusal -> pods.size() < course.members().size())
        .map(Obstacles::of);
  }

  private static Obstacle of(Refusal refusal) {
    return Obstacle.of(refusal.reason(), refusal.message());
  }

  private Optional<Obstacle> pause() {
    return course
        .pauseEndsAt(snapshot.now())
        .filter(end -> pods.size() < course.members().size())
        .map(
            end ->
                Obstacle.pause(
                    "BackOff",
                    "Restarts at %s, because this is restart %d since training last got further: %s"
                        .formatted(
                            Times.format(end),
                            course.restarts().pace().inARow(),
                            course.lastFailure().message())));
  }

  private Optional<Obstacle> former() {
    return course.members().stream()
        .flatMap(member -> snapshot.pod(member.index()).stream())
        .filter(pod -> pod.isOfFormer(snapshot.job()))
        .findFirst()
        .map(
            pod ->
                Obstacle.of(
                    "FormerPod",
                    "Pod %s of a former job of this name %s%s."
                        .formatted(
                            pod.name(),
                            pod.isTerminating() ? "is still ending" : "has not been deleted yet",
                            pod.isScheduled()
                                ? " on node " + pod.pod().getSpec().getNodeName()
                                : "")));
  }

  private Optional<Obstacle> gate() {
    return pods.stream()
        .flatMap(
            pod ->
                pod.pod().getSpec().getSchedulingGates().stream()
                    .map(
                        gate ->
                            Obstacle.of(
                                "SchedulingGated",
                                "Pod %s waits for scheduling gate %s to be lifted."
                                    .formatted(pod.name(), gate.getName()))))
        .findFirst();
  }

  private Optional<Obstacle> unschedulable() {
    return pods.stream().flatMap(pod -> unschedulable(pod).stream()).findFirst();
  }

  private static Optional<Obstacle> unschedulable(ObservedPod pod) {
    return pod.condition("PodScheduled")
        .filter(condition -> "False".equals(condition.getStatus()))
        .filter(condition -> "Unschedulable".equals(condition.getReason()))
        .map(
            condition ->
                Obstacle.of(
                    "Unschedulable",
                    "Pod %s: %s".formatted(pod.name(), firstSentence(condition.getMessage()))));
  }

  /** The scheduler goes on with what preempting others would not help. */
  private static String firstSentence(String message) {
    int end = message.indexOf(". ");
    return end < 0 ? message : message.substring(0, end + 1);
  }

  private Optional<Obstacle> initContainer() {
    return pods.stream()
        .filter(ObservedPod::isWithoutWorker)
        .flatMap(
            pod -> pod.initializing().flatMap(waited -> InitObstacles.of(pod, waited)).stream())
        .findFirst();
  }

  private Optional<Obstacle> container() {
    return pods.stream()
        .flatMap(pod -> waiting("Pod " + pod.name(), pod.waiting()).stream())
        .findFirst();
  }

  /**
   * What a kubelet says of a container that it does not start; empty for what every one begins
   * with.
   */
  static Optional<Obstacle> waiting(String who, Optional<ContainerStateWaiting> waiting) {
    return waiting
        .filter(state -> state.getReason() != null && !USUAL.contains(state.getReason()))
        .map(
            state ->
                Obstacle.of(
                    state.getReason(),
                    who
                        + ": "
                        + Objects.requireNonNullElse(state.getMessage(), "no message was given.")));
  }
}
