package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Kueue holds of a group of Pods, in the words that decisions about it need. */
public record ObservedWorkload(GenericKubernetesResource workload) {
  public boolean isTerminating() {
    return workload.getMetadata().getDeletionTimestamp() != null;
  }

  public boolean isOwnedBy(String jobUid) {
    return workload.hasOwnerReferenceFor(jobUid);
  }

  /** Whether it holds no quota any more, and never will. */
  public boolean isFinished() {
    return condition(workload, "Finished", "True").isPresent();
  }

  /** How many Pods it is meant for. */
  public int pods() {
    return counts(workload.get("spec", "podSets"));
  }

  /** How many of them have succeeded, whose quota is never taken again. */
  public int reclaimed() {
    return counts(workload.get("status", "reclaimablePods"));
  }

  private static int counts(Object sets) {
    return list(sets).stream()
        .map(set -> set.get("count"))
        .mapToInt(count -> count instanceof Number number ? number.intValue() : 0)
        .sum();
  }

  /** What Kueue or a gang scheduler says of one of its objects. */
  public static List<Map<?, ?>> conditions(GenericKubernetesResource resource) {
    return list(resource.get("status", "conditions"));
  }

  /**
   * @param status {@code True} or {@code False}
   */
  public static Optional<Map<?, ?>> condition(
      GenericKubernetesResource resource, String type, String status) {
    return conditions(resource).stream()
        .filter(condition -> type.equals(condition.get("type")))
        .filter(condition -> status.equals(condition.get("status")))
        .findFirst();
  }

  private static List<Map<?, ?>> list(Object value) {
    if (value instanceof List<?> items) {
      return items.stream()
          .filter(Map.class::isInstance)
          .<Map<?, ?>>map(item -> (Map<?, ?>) item)
          .toList();
    }
    return List.of();
  }
}
