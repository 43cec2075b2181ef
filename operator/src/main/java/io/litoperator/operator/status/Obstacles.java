package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.operator.resource.References;
import io.litoperator.operator.snapshot.ObservedInitContainer;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The one answer to why a job is not running, from all objects that may know. */
final class Obstacles {
  private static final Duration SLOW_SCHEDULER = Duration.ofSeconds(60);
  private static final Duration SLOW_CONTAINER = Duration.ofSeconds(60);
  private static final Duration SLOW_AGENT = Duration.ofSeconds(30);

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
    return found.map(Obstacle.Finding::of).orElseGet(this::slowness);
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
        .filter(Obstacles::isWithoutWorker)
        .flatMap(
            pod -> pod.initializing().flatMap(waited -> InitObstacles.of(pod, waited)).stream())
        .findFirst();
  }

  private static boolean isWithoutWorker(ObservedPod pod) {
    return pod.runningSince().isEmpty() && pod.end().isEmpty();
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

  /**
   * What takes long is an obstacle, though nothing says so: a volume, a scheduler that is not
   * there, or an agent that is lost.
   */
  private Obstacle.Finding slowness() {
    return first(pod -> pod.isScheduled() && isWithoutWorker(pod))
        .map(this::slowContainer)
        .or(
            () ->
                first(pod -> !pod.isScheduled() && pod.condition("PodScheduled").isEmpty())
                    .map(this::slowScheduler))
        .orElseGet(this::missingAgents);
  }

  private Optional<ObservedPod> first(Predicate<ObservedPod> which) {
    return pods.stream().filter(which).findFirst();
  }

  private Obstacle.Finding slowScheduler(ObservedPod pod) {
    Instant late = pod.createdAt().plus(SLOW_SCHEDULER);
    if (snapshot.now().isBefore(late)) {
      return Obstacle.Finding.later(late);
    }
    return Obstacle.Finding.of(
        Obstacle.of(
            "NotScheduled",
            "No scheduler has looked at Pod %s for more than %d s: does %s run?"
                .formatted(pod.name(), SLOW_SCHEDULER.toSeconds(), scheduler(pod))));
  }

  private static String scheduler(ObservedPod pod) {
    String name = pod.pod().getSpec().getSchedulerName();
    return name == null ? "the cluster's" : name;
  }

  private Obstacle.Finding slowContainer(ObservedPod pod) {
    Optional<Obstacle> running = pod.initializing().flatMap(it -> InitObstacles.running(pod, it));
    Instant late = waitsSince(pod).plus(SLOW_CONTAINER);
    if (snapshot.now().isBefore(late)) {
      return Obstacle.Finding.later(late);
    }
    if (running.isPresent()) {
      return Obstacle.Finding.of(running.get());
    }
    return Obstacle.Finding.of(
        Obstacle.of(
            "ContainerCreating",
            "Pod %s waits on node %s for its container for more than %d s: its volumes%s, image or"
                    .formatted(
                        pod.name(),
                        pod.pod().getSpec().getNodeName(),
                        SLOW_CONTAINER.toSeconds(),
                        mounted())
                + " network are not there yet; see the Pod's events."));
  }

  private static Instant waitsSince(ObservedPod pod) {
    return pod.initializing()
        .flatMap(ObservedInitContainer::runningSince)
        .or(pod::initializedAt)
        .or(
            () ->
                pod.condition("PodScheduled")
                    .map(PodCondition::getLastTransitionTime)
                    .map(Instant::parse))
        .orElseGet(pod::createdAt);
  }

  /** What volumes need that the operator has not made, as it may be missing. */
  private String mounted() {
    return References.templates(snapshot.job().getSpec())
        .map(ref -> " (ConfigMap %s with entry %s among them)".formatted(ref.name(), ref.key()))
        .orElse("");
  }

  private Obstacle.Finding missingAgents() {
    if (pods.size() < course.members().size()
        || Coordination.hasFormed(snapshot, course.members(), course.attempt())) {
      return Obstacle.Finding.NOTHING;
    }
    Instant late =
        pods.stream()
            .flatMap(pod -> pod.runningSince().stream())
            .max(Comparator.naturalOrder())
            .orElse(snapshot.now())
            .plus(SLOW_AGENT);
    int registered = registered();
    if (registered >= course.members().size()) {
      return Obstacle.Finding.NOTHING;
    }
    if (snapshot.now().isBefore(late)) {
      return Obstacle.Finding.later(late);
    }
    return Obstacle.Finding.of(
        Obstacle.of(
            "AgentsMissing",
            "All Pods run, but only %d of %d agents have registered; see the Pods' logs."
                .formatted(registered, course.members().size())));
  }

  private int registered() {
    return Coordination.current(snapshot, course.members())
        .map(Coordinator::registeredNodes)
        .orElse(0);
  }
}
