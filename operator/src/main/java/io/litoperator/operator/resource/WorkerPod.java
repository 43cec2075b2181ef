package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;

/** The Pod of one node. Those of a gang differ in name, host name, node rank and attempt only. */
record WorkerPod(
    LitTrainingJobSpec spec,
    Ownership ownership,
    ResourceSettings settings,
    Scheduling scheduling,
    Edition edition) {
  /** The user that distroless images call nonroot; any but 0 would do. */
  private static final long NON_ROOT = 65532L;

  Pod build(int index, int attempt) {
    String name = JobResources.podName(ownership.job(), index);
    Template template = Template.of(spec.template());
    return new PodBuilder()
        .withMetadata(
            ownership
                .metadata(name)
                .addToLabels(template.labels())
                .addToLabels(ownership.labels())
                .addToLabels(scheduling.podLabels())
                .addToLabels(Labels.NODE_INDEX, Integer.toString(index))
                .addToLabels(Labels.ATTEMPT, Integer.toString(attempt))
                .addToAnnotations(template.annotations())
                .addToAnnotations(scheduling.podAnnotations())
                .build())
        .withSpec(podSpec(name, template, index, attempt))
        .build();
  }

  private PodSpec podSpec(String name, Template template, int index, int attempt) {
    var files = PodVolumes.of(spec, ownership, edition.configMap());
    return new PodSpecBuilder()
        .withHostname(name)
        .withSubdomain(ownership.job())
        .withRestartPolicy("Never")
        .withServiceAccountName(template.serviceAccountName().orElse(ownership.job()))
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(settings.terminationGracePeriod().toSeconds())
        .withImagePullSecrets(
            settings.workerImages().pullSecrets().stream().map(LocalObjectReference::new).toList())
        .withSecurityContext(unprivileged())
        .withSchedulerName(scheduling.schedulerName().orElse(null))
        .withPriorityClassName(scheduling.priorityClassName().orElse(null))
        .withNodeSelector(template.nodeSelector())
        .withAffinity(Placement.affinity(ownership, scheduling.topologyKey()))
        .withTolerations(Placement.tolerations(template.tolerations()))
        .withVolumes(files.volumes())
        .withContainers(
            WorkerContainer.build(
                spec, ownership, settings, edition.image(), files, index, attempt))
        .build();
  }

  private static PodSecurityContext unprivileged() {
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(NON_ROOT)
        .withRunAsGroup(NON_ROOT)
        .withFsGroup(NON_ROOT)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile(null, "RuntimeDefault")
        .build();
  }
}
