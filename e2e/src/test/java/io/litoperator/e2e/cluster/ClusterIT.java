package io.litoperator.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The cluster of the scenarios is one. */
@Tag("cluster")
class ClusterIT {
  @Test
  void runsAPodOnEachNode() throws IOException {
    Path target = Files.createDirectories(Path.of("target")).toAbsolutePath();
    Path folder = Files.createTempDirectory(target, "cluster-");
    try (Cluster cluster = Cluster.start(folder, List.of())) {
      KubernetesClient client = cluster.client();
      for (Node node : cluster.nodes()) {
        Pod pod = client.resource(pause(node.name())).create();

        Pod ready = client.resource(pod).waitUntilReady(60, TimeUnit.SECONDS);
        assertThat(ready.getStatus().getHostIP()).isEqualTo(node.address());
      }
    }
  }

  private static Pod pause(String node) {
    return new PodBuilder()
        .withNewMetadata()
        .withName("pause-on-" + node)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withNodeName(node)
        .addNewContainer()
        .withName("pause")
        .withImage(PauseImage.NAME)
        .endContainer()
        .endSpec()
        .build();
  }
}
