package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The objects by which gang schedulers know that a job's Pods belong together. All Pods are needed:
 * a gang with one missing does not train.
 */
public final class PodGroups {
  public static final String VOLCANO_API = "scheduling.volcano.sh/v1beta1";
  public static final String COSCHEDULING_API = "scheduling.x-k8s.io/v1alpha1";

  private PodGroups() {}

  static GenericKubernetesResource volcano(
      Ownership ownership,
      int pods,
      Map<String, Quantity> ofPod,
      Optional<String> queue,
      Optional<String> priorityClass) {
    Map<String, Object> spec = spec(pods);
    Map<String, String> total = new TreeMap<>();
    ofPod.forEach((name, quantity) -> total.put(name, quantity.multiply(pods).toString()));
    if (!total.isEmpty()) {
      spec.put("minResources", total);
    }
    queue.ifPresent(name -> spec.put("queue", name));
    priorityClass.ifPresent(name -> spec.put("priorityClassName", name));
    return podGroup(VOLCANO_API, ownership, spec);
  }

  /**
   * Without {@code minResources}: a gang that the plugin turns away by them is not looked at again
   * when a node comes or room gets free, but minutes later; one that did not fit on nodes is.
   */
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
