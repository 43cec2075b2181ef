package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.Optional;

/**
 * What a Pod runs, which text of the job it reads, and where it queues: the same in all Pods of a
 * gang, whichever operator made them and whatever label the job has got since.
 *
 * @param image of the worker
 * @param configMap with the resolved job
 * @param queue of Kueue's
 * @param role of the Pods in their group of Kueue's; empty of those that are the first
 */
record Edition(String image, String configMap, Optional<String> queue, Optional<String> role) {

  /** What this operator gives a gang that begins. */
  static Edition of(LitTrainingJob job, ResourceSettings settings, String configMap) {
    LitTrainingJobSpec spec = job.getSpec();
    String image =
        spec.image() != null ? spec.image() : settings.workerImages().of(spec.topology());
    return new Edition(image, configMap, Kueue.queue(job), Optional.empty());
  }

  /** A Pod's own; empty if it is not built like a worker's. */
  static Optional<Edition> of(Pod pod) {
    Optional<String> image =
        pod.getSpec().getContainers().stream()
            .filter(container -> container.getName().equals(JobResources.CONTAINER))
            .map(Container::getImage)
            .findFirst();
    return image.flatMap(
        it -> configMap(pod).map(name -> new Edition(it, name, Kueue.queue(pod), Kueue.role(pod))));
  }

  private static Optional<String> configMap(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals(PodVolumes.JOB) && volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .flatMap(source -> Optional.ofNullable(source.getConfigMap()).stream())
        .filter(Edition::hasJob)
        .map(ConfigMapProjection::getName)
        .findFirst();
  }

  private static boolean hasJob(ConfigMapProjection configMap) {
    return configMap.getItems().stream()
        .anyMatch(item -> JobResources.JOB_FILE.equals(item.getPath()));
  }
}
