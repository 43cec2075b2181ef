package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The one answer to why a job is not running, from all objects that may know. */
final class Obstacles {
  /** Waiting reasons with which every container begins. */
  static final Set<String> USUAL = Set.of("ContainerCreating", "PodInitializing");

  private final Snapshot snapshot;
  private final Course course;
  private final List<ObservedPod> pods;

  private Obstacles(Snapshot snapshot, Course course) {
    this.snapshot = snapshot;
    this.course = course;
    this.pods =
        snapshot.workers().stream()
            .filter(pod -> !pod.isEnded() && !pod.isTerminating())
            .sorted(Comparator.comparingInt(ObservedPod::index))
            .toList();
  }

  static Obstacle.Finding in(Snapshot snapshot, Course course) {
    return new Obstacles(snapshot, course).find();
  }

  private Obstacle.Finding find() {
    Optional<Obstacle> found =
        refusal()
            .or(this::pause)
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
    for (ObservedPod pod : pods) {
      Optional<PodCondition> scheduled =
          pod.condition("PodScheduled")
              .filter(condition -> "False".equals(condition.getStatus()))
              .filter(condition -> "Unschedulable".equals(condition.getReason()));
      if (scheduled.isPresent()) {
        String message = scheduled.get().getMessage();
        return Optional.of(
            Obstacle.of(
                "Unschedulable", "Pod %s: %s".formatted(pod.name(), firstSentence(message))));
      }
    }
    return Optional.empty();
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
    for (ObservedPod pod : pods) {
      Optional<ContainerStateWaiting> waiting =
          pod.waiting()
              .filter(state -> state.getReason() != null && !USUAL.contains(state.getReason()));
      if (waiting.isPresent()) {
        String message = waiting.get().getMessage();
        return Optional.of(
            Obstacle.of(
                waiting.get().getReason(),
                "Pod %s: %s"
                    .formatted(pod.name(), message == null ? "no message was given." : message)));
      }
    }
    return Optional.empty();
  }
}
