package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.litoperator.operator.resource.References;
import io.litoperator.operator.snapshot.ObservedInitContainer;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What takes long is an obstacle, though nothing says so: a volume, a scheduler that is not there,
 * or an agent that is lost.
 */
final class Slowness {
  private static final Duration SLOW_SCHEDULER = Duration.ofSeconds(60);
  private static final Duration SLOW_CONTAINER = Duration.ofSeconds(60);
  private static final Duration SLOW_AGENT = Duration.ofSeconds(30);

  private final Snapshot snapshot;
  private final Course course;
  private final List<ObservedPod> pods;

  private Slowness(Snapshot snapshot, Course course, List<ObservedPod> pods) {
    this.snapshot = snapshot;
    this.course = course;
    this.pods = pods;
  }

  /**
   * @param pods that are there and not ending, by index
   */
  static Obstacle.Finding of(Snapshot snapshot, Course course, List<ObservedPod> pods) {
    return new Slowness(snapshot, course, pods).find();
  }

  private Obstacle.Finding find() {
    return first(pod -> pod.isScheduled() && pod.isWithoutWorker())
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
    int registered = Coordination.registeredNodes(snapshot, course.members());
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
}
