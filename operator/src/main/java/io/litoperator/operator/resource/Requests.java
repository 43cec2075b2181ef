package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/** What a Pod asks for, as a scheduler counts it. */
final class Requests {
  private Requests() {}

  /**
   * The worker's and those of all that stay beside it, or where that is more, those of one that
   * runs before it and of all that have started by then.
   */
  static Map<String, Quantity> ofPod(ResourceRequirements worker, List<Container> before) {
    Map<String, Quantity> beside = Map.of();
    Map<String, Quantity> most = Map.of();
    for (Container container : before) {
      Map<String, Quantity> together = merge(beside, of(container.getResources()), Requests::sum);
      if (InitContainers.stays(container)) {
        beside = together;
      } else {
        most = merge(most, together, Requests::greater);
      }
    }
    return merge(merge(of(worker), beside, Requests::sum), most, Requests::greater);
  }

  static Quantity times(Quantity quantity, int factor) {
    BigDecimal amount = new BigDecimal(quantity.getAmount()).multiply(BigDecimal.valueOf(factor));
    return new Quantity(amount.toPlainString(), quantity.getFormat());
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

  private static Quantity sum(Quantity one, Quantity other) {
    return one.getFormat().equals(other.getFormat())
        ? new Quantity(
            new BigDecimal(one.getAmount()).add(new BigDecimal(other.getAmount())).toPlainString(),
            one.getFormat())
        : new Quantity(
            one.getNumericalAmount().add(other.getNumericalAmount()).toPlainString(), "");
  }

  private static Quantity greater(Quantity one, Quantity other) {
    return one.getNumericalAmount().compareTo(other.getNumericalAmount()) >= 0 ? one : other;
  }
}
