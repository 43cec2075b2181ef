package io.litoperator.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GoModulesTest {
  @Test
  void pinTheVersionThatTheProgramsTell() throws IOException {
    assertThat(Path.of("go/kubernetes/go.mod"))
        .content()
        .contains("k8s.io/kubernetes " + Binary.KUBERNETES_VERSION);
  }
}
