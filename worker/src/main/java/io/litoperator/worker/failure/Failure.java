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

  /**
   * What to tell a person of any fault: a failure as it is, running out of memory with advice, all
   * else as an internal error.
   */
  public static Failure of(Throwable fault) {
    if (fault instanceof Failure failure) {
      return failure;
    }
    String message = String.valueOf(fault.getMessage());
    if (fault instanceof OutOfMemoryError
        || message.contains("not enough memory")
        || message.contains("can't allocate memory")) {
      return new Failure(
          ExitCode.INTERNAL,
          "Out of memory; lower microBatchSize, set activationCheckpointing: full, or use a machine"
              + " with more.",
          fault);
    }
    String line = message.lines().filter(text -> !text.isBlank()).findFirst().orElse("no message");
    return new Failure(
        ExitCode.INTERNAL,
        "Internal error: %s: %s; run with --verbose and report it."
            .formatted(fault.getClass().getSimpleName(), line),
        fault);
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
