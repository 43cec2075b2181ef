package io.litoperator.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FailureTest {
  @Test
  void aFailureStaysAsItIs() {
    Failure failure = new Failure(ExitCode.BAD_DATA, "Line 3 is broken.");

    assertThat(Failure.of(failure)).isSameAs(failure);
  }

  @Test
  void javaRunningOutOfMemoryComesWithAdvice() {
    Failure failure = Failure.of(new OutOfMemoryError("Java heap space"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(failure).hasMessageContaining("microBatchSize");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.",
        "[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes.",
        "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.10 GiB",
        "CUDA error: out of memory",
        "Traceback of TorchScript:\nRuntimeError: CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling"
      })
  void torchRunningOutOfMemoryComesWithAdvice(String message) {
    assertThat(Failure.of(new IllegalStateException(message)))
        .hasMessageStartingWith("Out of memory");
  }

  @Test
  void aGpuThatFailsIsNamedAsWhatFailed() {
    String message =
        """
        The following operation failed in the TorchScript interpreter.
        Traceback of TorchScript (most recent call last):
          File "<torch_package_0>.py", line 3, in forward
            return x @ y
                   ~~~~~ <--- HERE
        RuntimeError: CUDA error: uncorrectable ECC error encountered
        CUDA kernel errors might be asynchronously reported at some other API call.
        """;

    Failure failure = Failure.of(new IllegalStateException(message));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.ACCELERATOR);
    assertThat(failure)
        .hasMessageStartingWith(
            "The GPU or its driver failed: CUDA error: uncorrectable ECC error encountered; nvidia-smi");
  }

  @Test
  void anAssertionInAKernelIsADefectOfTheProgram() {
    Failure failure =
        Failure.of(new IllegalStateException("CUDA error: device-side assert triggered"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
  }

  @Test
  void anythingElseIsAnInternalErrorInOneLine() {
    Failure failure = Failure.of(new IllegalStateException("first\nsecond"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(failure)
        .hasMessage(
            "Internal error: IllegalStateException: first; run with --verbose and report it.");
  }

  @Test
  void aReasonHasNoneOfJavasWords() {
    assertThat(Failure.reason(new AccessDeniedException("/a/b"))).isEqualTo("permission denied");
    assertThat(Failure.reason(new FileSystemException("/a/b", null, "Read-only file system")))
        .isEqualTo("Read-only file system");
    assertThat(Failure.reason(new IOException("No space left on device")))
        .isEqualTo("No space left on device");
  }
}
