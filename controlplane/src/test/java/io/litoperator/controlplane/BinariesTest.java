package io.litoperator.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is no Go; kube-api-test asks for what it downloads in {@link Envtest}. */
class BinariesTest {
  @TempDir Path folder;
  private Binaries binaries;

  @BeforeEach
  void withoutGo() {
    binaries = binaries(Optional.empty());
  }

  @AfterEach
  void takeDown() {
    Envtest.takeDown();
  }

  @Test
  void envtestsNewestPatchIsDownloadedOnce() throws IOException {
    Envtest.publish("1.30.0", "1.34.0", "1.34.2", "1.35.0");
    Path etcd = binaries.path(Binary.ETCD);
    Envtest.takeDown();

    assertThat(etcd).hasContent("etcd 1.34.2").isExecutable();
    assertThat(binaries.path(Binary.ETCD)).isEqualTo(etcd);
    assertThat(binaries.path(Binary.KUBE_APISERVER))
        .hasContent("kube-apiserver 1.34.2")
        .isExecutable();
    assertThat(binaries.path(Binary.KUBECTL)).hasContent("kubectl 1.34.2").isExecutable();
  }

  @Test
  void aFailedDownloadSaysWhatToDoAndLeavesNothing() {
    Path cache = folder.resolve("cache");

    assertThatThrownBy(() -> binaries.path(Binary.ETCD))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "etcd is neither in the folder that KUBEBUILDER_ASSETS names nor can it be downloaded; install Go 1.25 or later, or set KUBEBUILDER_ASSETS.")
        .hasRootCauseMessage("no network");
    assertThat(cache).isDirectoryNotContaining(Files::isDirectory);
  }

  @Test
  void whatEnvtestDoesNotHaveNeedsGo() {
    Envtest.publish("1.34.2");

    assertThatThrownBy(() -> binaries.path(Binary.KUBELET))
        .hasMessage(
            "kubelet is neither in the folder that KUBEBUILDER_ASSETS names nor can it be downloaded; install Go 1.25 or later, or set KUBEBUILDER_ASSETS.");
  }

  @Test
  void theAssetsComeFirst() throws IOException {
    Path etcd = Files.createFile(folder.resolve("etcd"));
    assertThat(etcd.toFile().setExecutable(true)).isTrue();

    assertThat(binaries(Optional.of(folder)).path(Binary.ETCD)).isEqualTo(etcd);
  }

  private Binaries binaries(Optional<Path> assets) {
    return new Binaries(assets, folder.resolve("cache"), KubernetesVersion.V1_34, false);
  }
}
