package io.litoperator.worker.data.loading;

import io.litoperator.worker.data.Sample;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Makes samples in background threads, a bounded number of micro-batches ahead, and hands the
 * micro-batches out in order. For use by one thread.
 */
public final class Loader implements Iterator<List<Sample>>, AutoCloseable {
  private final IntFunction<Sample> load;
  private final Iterator<List<Integer>> order;
  private final int ahead;
  private final ExecutorService threads;
  private final Queue<List<Future<Sample>>> pending = new ArrayDeque<>();

  /**
   * Starts to load.
   *
   * @param load makes a sample, in any thread; {@link Dataset#load}
   * @param order the samples of each micro-batch
   * @param ahead micro-batches in memory or in the making; at least 1
   */
  public Loader(IntFunction<Sample> load, Iterator<List<Integer>> order, int ahead, int threads) {
    this.load = load;
    this.order = order;
    this.ahead = ahead;
    this.threads = Executors.newFixedThreadPool(threads, Loader::thread);
    fill();
  }

  @Override
  public boolean hasNext() {
    return !pending.isEmpty();
  }

  /**
   * The next micro-batch, maybe empty; waits until it is loaded.
   *
   * @throws io.litoperator.worker.failure.Failure what a sample of it failed with
   */
  @Override
  public List<Sample> next() {
    if (!hasNext()) {
      throw new NoSuchElementException("every micro-batch has been handed out");
    }
    List<Sample> batch = pending.remove().stream().map(Waiting::get).toList();
    fill();
    return batch;
  }

  /** Drops what is not handed out yet; returns when no thread is at work any more. */
  @Override
  public void close() {
    pending.forEach(batch -> batch.forEach(sample -> sample.cancel(false)));
    pending.clear();
    threads.shutdown();
    Waiting.forEnd(threads);
  }

  private void fill() {
    while (pending.size() < ahead && order.hasNext()) {
      pending.add(
          order.next().stream().map(index -> threads.submit(() -> load.apply(index))).toList());
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "loader");
    thread.setDaemon(true);
    return thread;
  }
}
