package io.litoperator.e2e.program;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Several things at once. */
final class Parallel {
  private Parallel() {}

  /** Runs all tasks on so many threads, and returns when the last has ended. */
  static void run(int threads, Stream<Runnable> tasks) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Object>> callables = tasks.map(Executors::callable).toList();
      for (Future<Object> done : executor.invokeAll(callables)) {
        done.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      executor.shutdownNow();
    }
  }
}
