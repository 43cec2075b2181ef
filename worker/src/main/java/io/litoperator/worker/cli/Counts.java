package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;

/** Options that count something. */
final class Counts {
  private Counts() {}

  /**
   * The value of an option.
   *
   * @throws Failure INVALID if it is below 1
   */
  static int atLeastOne(String option, int value) {
    if (value < 1) {
      throw new Failure(
          ExitCode.INVALID, "%s must be at least 1, not %d.".formatted(option, value));
    }
    return value;
  }
}
