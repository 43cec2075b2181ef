package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.ApiVersionUtil;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.SchedulingSpec;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.PodGroups;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What Kueue or a gang scheduler holds about a job. Read by name and only for jobs that use them,
 * so that clusters without them need no CRDs, and those with them no informers.
 */
final class GangQueue {
  /** The newest first; Kueue before 0.15 serves the older one alone. */
  private static final List<ResourceDefinitionContext> WORKLOADS =
      Stream.of("v1beta2", "v1beta1")
          .map(version -> context("kueue.x-k8s.io/" + version, "Workload", "workloads"))
          .toList();

  private static final ResourceDefinitionContext VOLCANO =
      context(PodGroups.VOLCANO_API, "PodGroup", "podgroups");
  private static final ResourceDefinitionContext COSCHEDULING =
      context(PodGroups.COSCHEDULING_API, "PodGroup", "podgroups");

  private final KubernetesClient client;
  private final LitTrainingJob job;

  GangQueue(KubernetesClient client, LitTrainingJob job) {
    this.client = client;
    this.job = job;
  }

  /** Kueue names a pod group's Workload like the group, which is named like the job. */
  Optional<GenericKubernetesResource> workload() {
    return Kueue.queue(job).isPresent()
        ? WORKLOADS.stream().flatMap(version -> read(version).stream()).findFirst()
        : Optional.empty();
  }

  Optional<GenericKubernetesResource> podGroup() {
    SchedulingSpec scheduling = job.getSpec().scheduling();
    if (scheduling == null || scheduling.gang() == null) {
      return Optional.empty();
    }
    return switch (scheduling.gang()) {
      case VOLCANO -> read(VOLCANO);
      case COSCHEDULING -> read(COSCHEDULING);
      case NONE, KUEUE -> Optional.empty();
    };
  }

  private Optional<GenericKubernetesResource> read(ResourceDefinitionContext kind) {
    return Optional.ofNullable(
        client
            .genericKubernetesResources(kind)
            .inNamespace(job.getMetadata().getNamespace())
            .withName(job.getMetadata().getName())
            .get());
  }

  private static ResourceDefinitionContext context(String apiVersion, String kind, String plural) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(ApiVersionUtil.trimGroup(apiVersion))
        .withVersion(ApiVersionUtil.trimVersion(apiVersion))
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(true)
        .build();
  }
}
