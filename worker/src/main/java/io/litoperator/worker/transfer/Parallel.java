package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Does the same with many things, several at a time. */
public final class Parallel {
  private Parallel() {}

  /** What is done with one of them. */
  @FunctionalInterface
  public interface Action<T> {
    void on(T item) throws IOException;
  }

  /**
   * Returns when it is done with all; after a failure no more are begun.
   *
   * @throws IOException the first failure in the order of the items
   */
  public static <T> void each(Collection<T> items, int threads, Action<T> action)
      throws IOException {
    ExecutorService pool =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(threads, items.size())),
            task -> {
              Thread thread = new Thread(task, "transfer");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> all = new ArrayList<>();
      for (T item : items) {
        all.add(
            pool.submit(
                () -> {
                  action.on(item);
                  return null;
                }));
      }
      for (Future<?> each : all) {
        await(each);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static void await(Future<?> action) throws IOException {
    try {
      action.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.TERMINATED, "Interrupted while files were moved.", e);
    }
  }
}
