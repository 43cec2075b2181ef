package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodAffinityTermBuilder;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which nodes a job's Pods go to, and how long they stay on one that is lost. */
final class Placement {
  private static final String HOSTNAME = "kubernetes.io/hostname";

  /** Kubernetes' own 300 s would be most of a recovery. */
  private static final long LOST_NODE_SECONDS = 30;

  private Placement() {}

  /**
   * The given one; all Pods within one topology domain; and each on a node of its own where there
   * are enough, unless the given one has anti-affinity of its own.
   *
   * @param avoidedNodes names of nodes that are taken where there is no other
   */
  static Affinity affinity(
      Affinity given,
      Ownership ownership,
      Optional<String> topologyKey,
      List<String> avoidedNodes) {
    var affinity = new AffinityBuilder(given);
    if (!affinity.hasPodAntiAffinity()) {
      affinity
          .withNewPodAntiAffinity()
          .withPreferredDuringSchedulingIgnoredDuringExecution(
              new WeightedPodAffinityTerm(siblings(ownership, HOSTNAME), 100))
          .endPodAntiAffinity();
    }
    if (!avoidedNodes.isEmpty()) {
      affinity
          .editOrNewNodeAffinity()
          .addToPreferredDuringSchedulingIgnoredDuringExecution(
              new PreferredSchedulingTerm(noneOf(avoidedNodes), 100))
          .endNodeAffinity();
    }
    topologyKey.ifPresent(
        key ->
            affinity
                .editOrNewPodAffinity()
                .addToRequiredDuringSchedulingIgnoredDuringExecution(siblings(ownership, key))
                .endPodAffinity());
    return affinity.build();
  }

  /** By their names, which the label of their host names need not equal; one a requirement. */
  private static NodeSelectorTerm noneOf(List<String> nodes) {
    return new NodeSelectorTermBuilder()
        .withMatchFields(
            nodes.stream()
                .map(node -> new NodeSelectorRequirement("metadata.name", "NotIn", List.of(node)))
                .toList())
        .build();
  }

  private static PodAffinityTerm siblings(Ownership ownership, String topologyKey) {
    return new PodAffinityTermBuilder()
        .withNewLabelSelector()
        .withMatchLabels(ownership.selector())
        .endLabelSelector()
        .withTopologyKey(topologyKey)
        .build();
  }

  /** The given ones, and those of lost nodes unless these are among them. */
  static List<Toleration> tolerations(List<Toleration> given) {
    List<Toleration> tolerations = new ArrayList<>(given);
    for (String taint : List.of("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable")) {
      boolean decided =
          given.stream().anyMatch(own -> own.getKey() == null || taint.equals(own.getKey()));
      if (!decided) {
        tolerations.add(
            new TolerationBuilder()
                .withKey(taint)
                .withOperator("Exists")
                .withEffect("NoExecute")
                .withTolerationSeconds(LOST_NODE_SECONDS)
                .build());
      }
    }
    return tolerations;
  }
}
