package io.litoperator.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ApiServerExtension.class)
class ApiServerIT {
  private final ApiServer server;
  private final KubernetesClient client;

  ApiServerIT(ApiServer server, KubernetesClient client) {
    this.server = server;
    this.client = client;
  }

  @Test
  void isTheVersionThatWasChosen() {
    assertThat(client.getKubernetesVersion().getGitVersion())
        .isEqualTo(KubernetesVersion.chosen().full());
  }

  @Test
  void keepsObjectsOverARestart() {
    ConfigMap kept = client.resource(configMap("kept")).create();

    server.restart();

    assertThat(client.resource(kept).get()).isEqualTo(kept);
  }

  @Test
  void anotherUserMayOnlyDoWhatRbacGives() {
    try (KubernetesClient stranger = server.clientAs("system:serviceaccount:default:stranger")) {
      assertThatThrownBy(() -> stranger.resource(configMap("refused")).create())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(403));
    }
  }

  private static ConfigMap configMap(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .build();
  }
}
