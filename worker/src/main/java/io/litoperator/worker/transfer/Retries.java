package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.time.Duration;

/**
 * Tries again, after longer and longer pauses, what fails for reasons that may pass.
 *
 * @param patience after which it is given up, from the first failure
 */
public record Retries(Backoff backoff, Duration patience) {

  /** What is tried. */
  @FunctionalInterface
  public interface Call<T> {
    /**
     * @throws Transient if it may succeed later
     */
    T run() throws IOException;
  }

  /**
   * @throws IOException the last failure
   */
  public <T> T call(Call<T> call) throws IOException {
    long failedAt = 0;
    for (int attempt = 1; ; attempt++) {
      try {
        return call.run();
      } catch (Transient e) {
        failedAt = attempt == 1 ? System.nanoTime() : failedAt;
        if (System.nanoTime() - failedAt >= patience.toNanos()) {
          throw e;
        }
        pause(attempt, e);
      }
    }
  }

  private void pause(int attempt, Transient e) {
    try {
      backoff.await(attempt, e.retryAfter());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.TERMINATED, "Interrupted: " + e.getMessage(), interrupted);
    }
  }
}
