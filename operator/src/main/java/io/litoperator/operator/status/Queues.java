package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.ObservedWorkload;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** What Kueue and the gang schedulers say of a job that waits for its turn. */
final class Queues {
  private Queues() {}

  static Optional<Obstacle> obstacle(Snapshot snapshot, List<ObservedPod> pods) {
    return kueue(snapshot, pods).or(() -> podGroup(snapshot, pods));
  }

  /** Whether there is anything to tell of but that the job waits. */
  static boolean hasSpoken(Snapshot snapshot) {
    return Stream.concat(snapshot.workload().stream(), snapshot.podGroup().stream())
        .anyMatch(object -> !ObservedWorkload.conditions(object).isEmpty());
  }

  /** Kueue holds Pods back by a scheduling gate, and says why in its Workload. */
  private static Optional<Obstacle> kueue(Snapshot snapshot, List<ObservedPod> pods) {
    return pods.stream()
        .filter(Queues::isGatedByKueue)
        .findFirst()
        .map(
            pod ->
                snapshot
                    .workload()
                    .flatMap(workload -> unmet(workload, List.of("QuotaReserved", "Admitted")))
                    .orElseGet(
                        () ->
                            Obstacle.queue(
                                "Queued", "Kueue has not admitted Pod " + pod.name() + " yet.")));
  }

  private static boolean isGatedByKueue(ObservedPod pod) {
    return pod.pod().getSpec().getSchedulingGates().stream()
        .anyMatch(gate -> Kueue.isGate(gate.getName()));
  }

  private static Optional<Obstacle> podGroup(Snapshot snapshot, List<ObservedPod> pods) {
    if (pods.stream().allMatch(ObservedPod::isScheduled)) {
      return Optional.empty();
    }
    return snapshot
        .podGroup()
        .flatMap(Queues::unschedulable)
        .map(words -> Obstacle.queue("GangUnschedulable", "PodGroup: " + inOneSentence(words)));
  }

  /** Volcano leaves it there when the gang has been placed, and says so beside it. */
  private static Optional<String> unschedulable(GenericKubernetesResource group) {
    Optional<Map<?, ?>> placed = ObservedWorkload.condition(group, "Scheduled", "True");
    return ObservedWorkload.condition(group, "Unschedulable", "True")
        .filter(told -> placed.isEmpty() || since(told).compareTo(since(placed.get())) >= 0)
        .map(told -> String.valueOf(told.get("message")));
  }

  /** In the one form in which Kubernetes writes times, which sorts. */
  private static String since(Map<?, ?> condition) {
    return Objects.toString(condition.get("lastTransitionTime"), "");
  }

  /** Volcano goes on with what keeps one of the Pods. */
  private static String inOneSentence(String words) {
    return words.replaceFirst("\\. Origin reason is:? ", "; ");
  }

  /** The first of these conditions that does not hold yet. */
  private static Optional<Obstacle> unmet(GenericKubernetesResource workload, List<String> types) {
    return types.stream()
        .flatMap(type -> ObservedWorkload.condition(workload, type, "False").stream())
        .findFirst()
        .map(condition -> Obstacle.queue("Queued", "Kueue: " + condition.get("message")));
  }
}
