package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.ObservedWorkload;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.List;
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
        .flatMap(group -> ObservedWorkload.condition(group, "Unschedulable", "True"))
        .map(
            condition ->
                Obstacle.queue("GangUnschedulable", "PodGroup: " + condition.get("message")));
  }

  /** The first of these conditions that does not hold yet. */
  private static Optional<Obstacle> unmet(GenericKubernetesResource workload, List<String> types) {
    return types.stream()
        .flatMap(type -> ObservedWorkload.condition(workload, type, "False").stream())
        .findFirst()
        .map(condition -> Obstacle.queue("Queued", "Kueue: " + condition.get("message")));
  }
}
