package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The Pod of one node. Those of a gang differ in name, host name, node rank, attempt and the nodes
 * that they avoid, and where they take their nodes' network, in the coordinator's port.
 */
record WorkerPod(
    LitTrainingJobSpec spec,
    Template template,
    Ownership ownership,
    ResourceSettings settings,
    Scheduling scheduling,
    Edition edition,
    List<String> avoidedNodes) {
  Pod build(int index, int attempt) {
    String name = JobResources.podName(ownership.job(), index);
    Optional<String> queue = edition.queue();
    return new PodBuilder()
        .withMetadata(
            ownership
                .metadata(name)
                .addToLabels(template.labels())
                .addToLabels(ownership.labels())
                .addToLabels(scheduling.podLabels())
                .addToLabels(queue.map(it -> Kueue.labels(it, ownership.job())).orElseGet(Map::of))
                .addToLabels(Labels.NODE_INDEX, Integer.toString(index))
                .addToLabels(Labels.ATTEMPT, Integer.toString(attempt))
                .addToAnnotations(template.annotations())
                .addToAnnotations(scheduling.podAnnotations())
                .addToAnnotations(
                    queue
                        .map(it -> Kueue.annotations(spec.topology().nodes(), edition.role()))
                        .orElseGet(Map::of))
                .build())
        .withSpec(podSpec(name, index, attempt))
        .build();
  }

  private PodSpec podSpec(String name, int index, int attempt) {
    PodSecurityContext security =
        Privileges.ofPod(template.podSecurityContext(), settings.workerUser());
    var files = PodVolumes.of(spec, template, ownership, edition, security.getFsGroup() != null);
    return new PodSpecBuilder()
        .withHostname(name)
        .withSubdomain(ownership.job())
        .withHostNetwork(template.hostNetwork() ? true : null)
        // Else they would ask their nodes' DNS, which knows no Services.
        .withDnsPolicy(template.hostNetwork() ? "ClusterFirstWithHostNet" : null)
        .withRestartPolicy("Never")
        .withServiceAccountName(template.serviceAccountName().orElse(ownership.job()))
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(terminationGracePeriod(template, settings).toSeconds())
        .withImagePullSecrets(pullSecrets())
        .withSecurityContext(security)
        .withRuntimeClassName(template.runtimeClassName().orElse(null))
        .withResourceClaims(template.resourceClaims())
        .withSchedulerName(scheduling.schedulerName().orElse(null))
        .withPriorityClassName(scheduling.priorityClassName().orElse(null))
        .withNodeSelector(template.nodeSelector())
        .withAffinity(
            Placement.affinity(
                template.affinity(), ownership, scheduling.topologyKey(), avoidedNodes))
        .withTolerations(Placement.tolerations(template.tolerations()))
        .withVolumes(files.volumes())
        .withInitContainers(InitContainers.of(template))
        .withContainers(
            new WorkerContainer(spec, template, ownership, settings)
                .build(edition.image(), files, index, attempt))
        .build();
  }

  /** What the job says, or else the installation. */
  static Duration terminationGracePeriod(Template template, ResourceSettings settings) {
    return template.terminationGracePeriod().orElse(settings.terminationGracePeriod());
  }

  private List<LocalObjectReference> pullSecrets() {
    return Stream.concat(
            settings.workerImages().pullSecrets().stream().map(LocalObjectReference::new),
            template.imagePullSecrets().stream())
        .distinct()
        .toList();
  }
}
