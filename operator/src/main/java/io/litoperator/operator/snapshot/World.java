package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.TopologySpec;
import java.util.Optional;

/** The size of a gang. */
public record World(int nodes, int ranksPerNode) {
  public static World of(TopologySpec topology) {
    return new World(topology.nodes(), topology.ranksPerNode());
  }

  /** The size that a Pod was made for; empty if it does not say. */
  public static Optional<World> of(Pod pod) {
    return number(pod, "NNODES")
        .flatMap(nodes -> number(pod, "LOCAL_WORLD_SIZE").map(ranks -> new World(nodes, ranks)));
  }

  private static Optional<Integer> number(Pod pod, String name) {
    return pod.getSpec().getContainers().stream()
        .flatMap(container -> container.getEnv().stream())
        .filter(variable -> variable.getName().equals(name))
        .map(EnvVar::getValue)
        .filter(value -> value != null && value.matches("[0-9]{1,9}"))
        .map(Integer::valueOf)
        .findFirst();
  }
}
