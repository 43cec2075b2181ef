package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.SchedulingSpec;
import io.litoperator.api.v1alpha1.SchedulingSpec.Gang;
import java.util.Map;
import java.util.Optional;

/**
 * What gang schedulers read from a job's Pods, and the object that Volcano and the coscheduling
 * plugin want beside them. {@code queueName} is Volcano's queue with {@code gang: volcano}, else
 * {@link Kueue}'s.
 */
record Scheduling(
    Map<String, String> podLabels,
    Map<String, String> podAnnotations,
    Optional<String> schedulerName,
    Optional<String> priorityClassName,
    Optional<String> topologyKey,
    Optional<GenericKubernetesResource> podGroup) {
  static final String VOLCANO_GROUP = "scheduling.k8s.io/group-name";
  static final String COSCHEDULING_GROUP = "scheduling.x-k8s.io/pod-group";

  static Scheduling of(LitTrainingJobSpec spec, Ownership ownership, ResourceSettings settings) {
    SchedulingSpec given =
        spec.scheduling() != null ? spec.scheduling() : new SchedulingSpec(null, null, null, null);
    int pods = spec.topology().nodes();
    Optional<String> queue = Optional.ofNullable(given.queueName());
    Optional<String> priority = Optional.ofNullable(given.priorityClassName());
    Optional<String> topologyKey = Optional.ofNullable(given.topologyKey());
    Gang gang = given.gang() == null ? Gang.NONE : given.gang();
    return switch (gang) {
      case NONE, KUEUE ->
          new Scheduling(
              Map.of(), Map.of(), Optional.empty(), priority, topologyKey, Optional.empty());
      case VOLCANO ->
          new Scheduling(
              Map.of(),
              Map.of(VOLCANO_GROUP, ownership.job()),
              Optional.of("volcano"),
              priority,
              topologyKey,
              Optional.of(PodGroups.volcano(ownership, pods, queue, priority)));
      case COSCHEDULING ->
          new Scheduling(
              Map.of(COSCHEDULING_GROUP, ownership.job()),
              Map.of(),
              Optional.of(settings.coschedulingScheduler()),
              priority,
              topologyKey,
              Optional.of(PodGroups.coscheduling(ownership, pods)));
    };
  }
}
