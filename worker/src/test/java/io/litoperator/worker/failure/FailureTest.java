package io.litoperator.worker.failure;

import static org.assertj.core.api.Assertions.assertThat;

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
        "[enforce fail] DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes."
      })
  void torchRunningOutOfMemoryComesWithAdvice(String message) {
    assertThat(Failure.of(new IllegalStateException(message)))
        .hasMessageStartingWith("Out of memory");
  }

  @Test
  void anythingElseIsAnInternalErrorInOneLine() {
    Failure failure = Failure.of(new IllegalStateException("first\nsecond"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(failure)
        .hasMessage(
            "Internal error: IllegalStateException: first; run with --verbose and report it.");
  }
}
