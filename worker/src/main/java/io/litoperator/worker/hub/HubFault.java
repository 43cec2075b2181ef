package io.litoperator.worker.hub;

import io.litoperator.worker.failure.ExitCode;
import java.io.IOException;

/** Something that the hub does not have or give, or that does not fit: a clause that says why. */
public final class HubFault extends IOException {
  private final ExitCode exitCode;

  HubFault(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
