package io.litoperator.operator.progress;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * Threads of its own and a short queue, so that a slow API server fills neither memory nor pool.
 */
final class BoundedOffload implements Offload, AutoCloseable {
  private final WorkerExecutor executor;
  private final int maxPending;
  private int pending;

  BoundedOffload(Vertx vertx, String name, int threads, int maxPending) {
    this.executor = vertx.createSharedWorkerExecutor(name, threads);
    this.maxPending = maxPending;
  }

  @Override
  public <T> Future<T> call(Supplier<T> blocking) {
    if (pending >= maxPending) {
      return Future.failedFuture(new RejectedExecutionException("Too many calls wait."));
    }
    pending++;
    return executor.executeBlocking(blocking::get, false).onComplete(result -> pending--);
  }

  @Override
  public void close() {
    executor.close();
  }
}
