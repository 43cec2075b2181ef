package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.SchedulingSpec;
import io.litoperator.api.v1alpha1.SchedulingSpec.Gang;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The objects by which gang schedulers know that a job's Pods belong together. All Pods are needed:
 * a gang with one missing does not train.
 *
 * <p>Without {@code minResources}: schedulers count what Pods ask for themselves. By them Volcano
 * keeps room for a gang that is suspended, and lets none preempt others while the cluster is full.
 * The coscheduling plugin looks again only minutes later at a gang that it has turned away by them,
 * when a node comes or room gets free; at one that did not fit on nodes, at once.
 */
public final class PodGroups {
  public static final String VOLCANO_API = "scheduling.volcano.sh/v1beta1";
  public static final String COSCHEDULING_API = "scheduling.x-k8s.io/v1alpha1";

  private PodGroups() {}

  /** The queue of Volcano's that a job names. */
  public static Optional<String> volcanosQueue(LitTrainingJob job) {
    return Optional.ofNullable(job.getSpec().scheduling())
        .filter(given -> given.gang() == Gang.VOLCANO)
        .map(SchedulingSpec::queueName);
  }

  static GenericKubernetesResource volcano(
      Ownership ownership, int pods, Optional<String> queue, Optional<String> priorityClass) {
    Map<String, Object> spec = spec(pods);
    queue.ifPresent(name -> spec.put("queue", name));
    priorityClass.ifPresent(name -> spec.put("priorityClassName", name));
    return podGroup(VOLCANO_API, ownership, spec);
  }

  static GenericKubernetesResource coscheduling(Ownership ownership, int pods) {
    return podGroup(COSCHEDULING_API, ownership, spec(pods));
  }

  private static Map<String, Object> spec(int pods) {
    Map<String, Object> spec = new TreeMap<>();
    spec.put("minMember", pods);
    return spec;
  }

  private static GenericKubernetesResource podGroup(
      String apiVersion, Ownership ownership, Map<String, Object> spec) {
    return AppliedHash.mark(
        new GenericKubernetesResourceBuilder()
            .withApiVersion(apiVersion)
            .withKind("PodGroup")
            .withMetadata(ownership.metadata(ownership.job()).build())
            .addToAdditionalProperties("spec", spec)
            .build());
  }
}
