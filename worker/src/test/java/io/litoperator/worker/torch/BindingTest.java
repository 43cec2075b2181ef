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

  @Test
  void aLibtorchWithCudasPartPassesForTheCpuAsOneForCpus() throws IOException {
    Path lib = Files.createDirectory(folder.resolve("lib"));
    Files.createFile(lib.resolve("libtorch.so"));
    Files.createFile(lib.resolve("libtorch_cuda.so"));
    Files.writeString(folder.resolve("version.py"), "__version__ = '2.7.1+cu128'\n");
    Binding given = new Binding(Optional.of(lib));

    assertThat(given.propertiesFor(Device.CPU))
        .containsEntry("PYTORCH_FLAVOR", "cpu")
        .containsEntry("PYTORCH_VERSION", "2.7.1");
    assertThat(given.propertiesFor(Device.cuda(0))).containsEntry("PYTORCH_FLAVOR", "cu128");
  }
}
