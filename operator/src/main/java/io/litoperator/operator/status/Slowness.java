package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.PodCondition;
import io.litoperator.operator.resource.PodGroups;
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
public final class Slowness {
  private static final Duration SLOW_SCHEDULER = Duration.ofSeconds(60);
  private static final Duration SLOW_CONTAINER = Duration.ofSeconds(60);
  private static final Duration SLOW_AGENT = Duration.ofSeconds(30);

  /** How soon there may be other events about a Pod. */
  private static final Duration NEXT_WARNING = Duration.ofSeconds(60);

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

  /** The Pod that has waited long for its container, while nothing but its events tells why. */
  public static Optional<ObservedPod> unexplained(Snapshot snapshot) {
    return first(snapshot.lasting(), Slowness::isWithoutContainer)
        .filter(pod -> !snapshot.now().isBefore(waitsSince(pod).plus(SLOW_CONTAINER)))
        .filter(pod -> running(pod).isEmpty())
        .filter(pod -> Obstacles.waiting(pod.name(), pod.waiting()).isEmpty());
  }

  private Obstacle.Finding find() {
    return first(pods, Slowness::isWithoutContainer)
        .map(this::slowContainer)
        .or(
            () ->
                first(pods, pod -> !pod.isScheduled() && pod.condition("PodScheduled").isEmpty())
                    .map(this::slowScheduler))
        .orElseGet(this::missingAgents);
  }

  private static boolean isWithoutContainer(ObservedPod pod) {
    return pod.isScheduled() && pod.isWithoutWorker();
  }

  private static Optional<Obstacle> running(ObservedPod pod) {
    return pod.initializing().flatMap(waited -> InitObstacles.running(pod, waited));
  }

  private static Optional<ObservedPod> first(List<ObservedPod> pods, Predicate<ObservedPod> which) {
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
            "No scheduler has looked at Pod %s for more than %d s: does %s run%s?"
                .formatted(
                    pod.name(), SLOW_SCHEDULER.toSeconds(), scheduler(pod), volcanosQueue())));
  }

  /** Volcano does not say a word about a gang whose queue is not there. */
  private String volcanosQueue() {
    return PodGroups.volcanosQueue(snapshot.job())
        .map(", and has it a queue %s"::formatted)
        .orElse("");
  }

  private static String scheduler(ObservedPod pod) {
    String name = pod.pod().getSpec().getSchedulerName();
    return name == null ? "the cluster's" : name;
  }

  private Obstacle.Finding slowContainer(ObservedPod pod) {
    Instant late = waitsSince(pod).plus(SLOW_CONTAINER);
    if (snapshot.now().isBefore(late)) {
      return Obstacle.Finding.later(late);
    }
    return running(pod).map(Obstacle.Finding::of).orElseGet(() -> creating(pod));
  }

  private Obstacle.Finding creating(ObservedPod pod) {
    String why =
        snapshot
            .warning()
            .filter(warning -> warning.podUid().equals(pod.uid()))
            .filter(warning -> !warning.at().isBefore(waitsSince(pod)))
            .map(
                warning ->
                    "; the last warning is %s: %s".formatted(warning.reason(), warning.note()))
            .orElseGet(
                () ->
                    ": its volumes%s, image or network are not there yet; see the Pod's events."
                        .formatted(mounted()));
    Obstacle obstacle =
        Obstacle.of(
            "ContainerCreating",
            "Pod %s waits on node %s for its container for more than %d s%s"
                .formatted(
                    pod.name(),
                    pod.pod().getSpec().getNodeName(),
                    SLOW_CONTAINER.toSeconds(),
                    why));
    return new Obstacle.Finding(
        Optional.of(obstacle), Optional.of(snapshot.now().plus(NEXT_WARNING)));
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
