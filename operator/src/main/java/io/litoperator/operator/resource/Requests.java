package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/** What a Pod asks for, as a scheduler counts it. */
final class Requests {
  private static final BinaryOperator<Quantity> GREATER =
      BinaryOperator.maxBy(Comparator.naturalOrder());

  private Requests() {}

  /**
   * The worker's and those of all that stay beside it, or where that is more, those of one that
   * runs before it and of all that have started by then.
   */
  static Map<String, Quantity> ofPod(ResourceRequirements worker, List<Container> before) {
    Map<String, Quantity> beside = Map.of();
    Map<String, Quantity> most = Map.of();
    for (Container container : before) {
      Map<String, Quantity> together = merge(beside, of(container.getResources()), Quantity::add);
      if (InitContainers.stays(container)) {
        beside = together;
      } else {
        most = merge(most, together, GREATER);
      }
    }
    return merge(merge(of(worker), beside, Quantity::add), most, GREATER);
  }

  /** As Kubernetes has it: a limit without a request is a request too. */
  private static Map<String, Quantity> of(ResourceRequirements resources) {
    Map<String, Quantity> requests = new TreeMap<>();
    if (resources != null && resources.getLimits() != null) {
      requests.putAll(resources.getLimits());
    }
    if (resources != null && resources.getRequests() != null) {
      requests.putAll(resources.getRequests());
    }
    return requests;
  }

  private static Map<String, Quantity> merge(
      Map<String, Quantity> one, Map<String, Quantity> other, BinaryOperator<Quantity> both) {
    Map<String, Quantity> merged = new TreeMap<>(one);
    other.forEach((name, quantity) -> merged.merge(name, quantity, both));
    return merged;
  }
}
