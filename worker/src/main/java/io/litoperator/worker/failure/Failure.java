package io.litoperator.worker.failure;

/**
 * A fault that a person can act on. The message is one sentence that names the field, file or line
 * and says what to do; the command line prints it without a stack trace.
 */
public final class Failure extends RuntimeException {
  private final ExitCode exitCode;

  public Failure(ExitCode exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  public Failure(ExitCode exitCode, String message, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
