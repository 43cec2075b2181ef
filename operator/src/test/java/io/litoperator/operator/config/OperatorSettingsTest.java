package io.litoperator.operator.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OperatorSettingsTest {

  @Test
  void workersHaveAUserUnlessItIsLeftToTheCluster() {
    assertThat(settings(Map.of()).workerUser()).contains(65532L);
    assertThat(settings(Map.of("LIT_WORKER_USER", "1000")).workerUser()).contains(1000L);
    assertThat(settings(Map.of("LIT_WORKER_USER", "")).workerUser()).isEmpty();
  }

  @Test
  void eachDeviceHasAnImage() {
    OperatorSettings.WorkerImage images =
        settings(Map.of("LIT_WORKER_IMAGE_CUDA", "ours:1", "LIT_WORKER_IMAGE_PULL_SECRETS", "a,b"))
            .workerImage();

    assertThat(images.cpu()).isEqualTo("lit-operator/worker-cpu:latest");
    assertThat(images.cuda()).isEqualTo("ours:1");
    assertThat(images.pullSecrets().orElseThrow()).containsExactly("a", "b");
  }

  private static OperatorSettings settings(Map<String, String> environment) {
    return new SmallRyeConfigBuilder()
        .addDefaultInterceptors()
        .addDiscoveredConverters()
        .withSources(new EnvConfigSource(environment, 300))
        .withMapping(OperatorSettings.class)
        .build()
        .getConfigMapping(OperatorSettings.class);
  }
}
