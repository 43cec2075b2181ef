package io.litoperator.e2e.scenario;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What is kept of a job and its Pods before they are deleted, for whoever asks why. */
final class Evidence {
  private Evidence() {}

  static void keep(KubernetesClient client, HasMetadata job, List<Pod> pods, Path folder) {
    try {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("job.yaml"), client.getKubernetesSerialization().asYaml(job));
      for (Pod pod : pods) {
        String name = pod.getMetadata().getName();
        Files.writeString(
            folder.resolve(name + ".yaml"), client.getKubernetesSerialization().asYaml(pod));
        Files.writeString(folder.resolve(name + ".log"), log(client, pod));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String log(KubernetesClient client, Pod pod) {
    try {
      return client.pods().resource(pod).getLog();
    } catch (KubernetesClientException e) {
      // A Pod that has not started, or whose node does not answer, has none.
      return e.getMessage();
    }
  }
}
