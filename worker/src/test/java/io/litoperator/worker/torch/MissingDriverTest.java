package io.litoperator.worker.torch;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.failure.ExitCode;
import org.junit.jupiter.api.Test;

class MissingDriverTest {
  private static final String LOADER =
      "/torch/lib/libcaffe2_nvrtc.so: %s: cannot open shared object file: No such file or directory";

  @Test
  void theLibraryThatOnlyADriverBringsIsNamedAsTheDrivers() {
    Throwable fault =
        new IllegalStateException(
            "engine", new UnsatisfiedLinkError(LOADER.formatted("libcuda.so.1")));

    assertThat(MissingDriver.behind(fault))
        .hasValueSatisfying(
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.ACCELERATOR);
              assertThat(failure).hasMessageContaining("no NVIDIA driver").hasCause(fault);
            });
  }

  @Test
  void anyOtherLibraryIsNot() {
    Throwable fault = new UnsatisfiedLinkError(LOADER.formatted("libcudart.so.12"));

    assertThat(MissingDriver.behind(fault)).isEmpty();
  }
}
