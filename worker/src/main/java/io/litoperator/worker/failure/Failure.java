package io.litoperator.worker.failure;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.util.List;

/**
 * A fault that a person can act on. The message is one sentence that names the field, file or line
 * and says what to do; the command line prints it without a stack trace.
 */
public final class Failure extends RuntimeException {
  /** Of a host's allocator, torch's on a GPU, and CUDA's own. */
  private static final List<String> OUT_OF_MEMORY =
      List.of(
          "not enough memory",
          "can't allocate memory",
          "CUDA out of memory",
          "CUDA error: out of memory",
          "CUBLAS_STATUS_ALLOC_FAILED");

  private static final String RAISED = "RuntimeError: ";

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
   * What to tell a person of any fault: a failure as it is, running out of memory and a broken GPU
   * with advice, all else as an internal error.
   */
  public static Failure of(Throwable fault) {
    if (fault instanceof Failure failure) {
      return failure;
    }
    String message = String.valueOf(fault.getMessage());
    if (fault instanceof OutOfMemoryError || OUT_OF_MEMORY.stream().anyMatch(message::contains)) {
      return new Failure(
          ExitCode.INTERNAL,
          "Out of memory; lower microBatchSize, set activationCheckpointing: full, or use a machine"
              + " with more.",
          fault);
    }
    String line = line(message);
    if (message.contains("CUDA error: ") && !message.contains("device-side assert")) {
      return new Failure(
          ExitCode.ACCELERATOR,
          "The GPU or its driver failed: %s; nvidia-smi and the kernel's log (dmesg) tell more."
              .formatted(line),
          fault);
    }
    return new Failure(
        ExitCode.INTERNAL,
        "Internal error: %s: %s; run with --verbose and report it."
            .formatted(fault.getClass().getSimpleName(), line),
        fault);
  }

  /** The one that says what is wrong: TorchScript puts where before what. */
  private static String line(String message) {
    List<String> lines = message.lines().map(String::strip).filter(l -> !l.isEmpty()).toList();
    return lines.stream()
        .filter(line -> line.startsWith(RAISED))
        .map(line -> line.substring(RAISED.length()))
        .findFirst()
        .orElse(lines.isEmpty() ? "no message" : lines.get(0));
  }

  /** Why a file could not be read or written, as a clause without Java's words. */
  public static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file is in its place";
    }
    return e instanceof FileSystemException fault && fault.getReason() != null
        ? fault.getReason()
        : String.valueOf(e.getMessage());
  }

  public ExitCode exitCode() {
    return exitCode;
  }
}
