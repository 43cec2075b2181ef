package io.litoperator.controlplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KubernetesVersionTest {
  @ParameterizedTest
  @EnumSource
  void isWhatItsGoModulePins(KubernetesVersion version) throws IOException {
    assertThat(Path.of("go", Binary.KUBE_APISERVER.module(version), "go.mod"))
        .content()
        .contains("\tk8s.io/kubernetes " + version.full() + "\n");
  }

  @Test
  void isFoundByItsName() {
    assertThat(KubernetesVersion.named("1.30")).isEqualTo(KubernetesVersion.V1_30);
    assertThatThrownBy(() -> KubernetesVersion.named("1.29"))
        .hasMessage("lit.kubernetes is 1.29; choose one of [1.30, 1.34, 1.35].");
  }
}
