package io.litoperator.worker.data.loading;

import io.litoperator.worker.failure.ExitCode;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Something wrong with a data set.
 *
 * @param file the annotation file
 * @param exitCode what training on it would end with; absent for a warning
 * @param sentence names file, line and sample, and says what to do
 */
public record Problem(Path file, Optional<ExitCode> exitCode, String sentence) {
  /** Whether training goes on all the same. */
  public boolean warning() {
    return exitCode.isEmpty();
  }
}
