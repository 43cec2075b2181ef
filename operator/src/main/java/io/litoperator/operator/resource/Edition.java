package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.ConfigMapProjection;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.SecretProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a Pod runs, which text of the job it reads, by which token it is known, and where it queues:
 * the same in all Pods of a gang, whichever operator made them and whatever label the job has got
 * since.
 *
 * @param image of the worker
 * @param configMap with the resolved job
 * @param secret with the token
 * @param queue of Kueue's
 * @param role of the Pods in their group of Kueue's; empty of those that are the first
 */
record Edition(
    String image, String configMap, String secret, Optional<String> queue, Optional<String> role) {

  /** What this operator gives a gang that begins. */
  static Edition of(
      LitTrainingJob job, ResourceSettings settings, String configMap, String secret) {
    LitTrainingJobSpec spec = job.getSpec();
    String image =
        spec.image() != null ? spec.image() : settings.workerImages().of(spec.topology());
    return new Edition(image, configMap, secret, Kueue.queue(job), Optional.empty());
  }

  /** A Pod's own; empty if it is not built like a worker's. */
  static Optional<Edition> of(Pod pod) {
    Optional<String> image =
        pod.getSpec().getContainers().stream()
            .filter(container -> container.getName().equals(JobResources.CONTAINER))
            .map(Container::getImage)
            .findFirst();
    Optional<String> configMap = configMap(pod);
    Optional<String> secret = secret(pod);
    return image.isPresent() && configMap.isPresent() && secret.isPresent()
        ? Optional.of(
            new Edition(
                image.get(), configMap.get(), secret.get(), Kueue.queue(pod), Kueue.role(pod)))
        : Optional.empty();
  }

  private static Optional<String> secret(Pod pod) {
    return sources(pod)
        .flatMap(source -> Optional.ofNullable(source.getSecret()).stream())
        .map(SecretProjection::getName)
        .findFirst();
  }

  private static Stream<VolumeProjection> sources(Pod pod) {
    return pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getName().equals(PodVolumes.JOB) && volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream());
  }

  private static Optional<String> configMap(Pod pod) {
    return sources(pod)
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
