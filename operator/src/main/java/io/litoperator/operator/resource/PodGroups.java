package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The objects by which gang schedulers know that a job's Pods belong together. All Pods are needed:
 * a gang with one missing does not train.
 */
final class PodGroups {
  static final String VOLCANO_API = "scheduling.volcano.sh/v1beta1";
  static final String COSCHEDULING_API = "scheduling.x-k8s.io/v1alpha1";

  private PodGroups() {}

  static GenericKubernetesResource volcano(
      Ownership ownership,
      int pods,
      ResourceRequirements ofPod,
      Optional<String> queue,
      Optional<String> priorityClass) {
    Map<String, Object> spec = spec(pods, ofPod);
    queue.ifPresent(name -> spec.put("queue", name));
    priorityClass.ifPresent(name -> spec.put("priorityClassName", name));
    return podGroup(VOLCANO_API, ownership, spec);
  }

  static GenericKubernetesResource coscheduling(
      Ownership ownership, int pods, ResourceRequirements ofPod) {
    return podGroup(COSCHEDULING_API, ownership, spec(pods, ofPod));
  }

  private static Map<String, Object> spec(int pods, ResourceRequirements ofPod) {
    Map<String, Object> spec = new TreeMap<>();
    spec.put("minMember", pods);
    Map<String, String> total = new TreeMap<>();
    requests(ofPod).forEach((name, quantity) -> total.put(name, times(quantity, pods)));
    if (!total.isEmpty()) {
      spec.put("minResources", total);
    }
    return spec;
  }

  /** As Kubernetes has it: a limit without a request is a request too. */
  private static Map<String, Quantity> requests(ResourceRequirements resources) {
    Map<String, Quantity> requests = new TreeMap<>();
    if (resources.getLimits() != null) {
      requests.putAll(resources.getLimits());
    }
    if (resources.getRequests() != null) {
      requests.putAll(resources.getRequests());
    }
    return requests;
  }

  private static String times(Quantity quantity, int factor) {
    BigDecimal amount = new BigDecimal(quantity.getAmount()).multiply(BigDecimal.valueOf(factor));
    return amount.toPlainString() + quantity.getFormat();
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
