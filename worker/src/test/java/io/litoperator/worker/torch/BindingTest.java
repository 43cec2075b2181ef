package io.litoperator.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BindingTest {
  @TempDir Path folder;

  @Test
  void onlyALibtorchWithCudasPartComputesOnGpus() throws IOException {
    Binding given = new Binding(Optional.of(folder));
    Files.createFile(folder.resolve("libtorch_cpu.so"));

    assertThat(new Binding(Optional.empty()).hasCuda()).isFalse();
    assertThat(given.hasCuda()).isFalse();
    Files.createFile(folder.resolve("libtorch_cuda.so"));
    assertThat(given.hasCuda()).isTrue();
  }
}
