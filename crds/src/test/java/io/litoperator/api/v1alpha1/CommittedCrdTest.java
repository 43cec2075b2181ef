package io.litoperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedCrdTest {
  private static final Path COMMITTED = Path.of("littrainingjobs.lit-operator.io.yaml");

  @Test
  void committedCrdIsWhatTheTypesGenerate(@TempDir Path scratch) throws IOException {
    String generated = GeneratedCrd.yaml(scratch);
    if (Boolean.getBoolean("lit.crd.write")) {
      Files.writeString(COMMITTED, generated);
    }
    assertThat(COMMITTED)
        .as("refresh with: mvn -pl crds test -Dtest=CommittedCrdTest -Dlit.crd.write=true")
        .hasContent(generated);
  }
}
