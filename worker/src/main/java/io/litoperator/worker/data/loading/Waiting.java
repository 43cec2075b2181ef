package io.litoperator.worker.data.loading;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Waiting for background threads, whose failures become the waiting thread's own. */
final class Waiting {
  private Waiting() {}

  static <T> T get(Future<T> result) {
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      } else if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException("a task threw a checked exception", e.getCause());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  static void forEnd(ExecutorService threads) {
    try {
      threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static Failure interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new Failure(ExitCode.TERMINATED, "Stopped while waiting for data.", e);
  }
}
