package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIf;

/** Without a driver: a sentence instead of an error of the loader. */
@DisabledIf("hasDriver")
class NcclMissingTest {
  static boolean hasDriver() {
    return java.nio.file.Files.exists(java.nio.file.Path.of("/proc/driver/nvidia"));
  }

  @Test
  void aMachineWithoutCudaIsToldSo() {
    assertThatThrownBy(
            () -> NcclCollective.join(new Alone(), 0, new Patience(Duration.ofSeconds(1))))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.ACCELERATOR))
        .hasMessageContaining("CUDA cannot be used on this machine");
  }
}
