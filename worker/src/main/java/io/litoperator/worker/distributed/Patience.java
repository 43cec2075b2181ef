package io.litoperator.worker.distributed;

import java.time.Duration;

/**
 * How long a rank waits for others in which nothing moves. Whoever hears that one of them is at
 * work which takes its time, asks a judge or sends files, renews it, and all waits begin anew. Safe
 * for use by any thread.
 */
public final class Patience {
  private final Duration limit;
  private volatile long renewedNanos = System.nanoTime();

  /**
   * @param limit of a wait; must exceed the longest time by which ranks may differ in reaching an
   *     operation without telling that they are at work
   */
  public Patience(Duration limit) {
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  /** One of the others is at work. */
  public void renew() {
    renewedNanos = System.nanoTime();
  }

  /**
   * What is left of a wait.
   *
   * @param sinceNanos when it began
   * @return not positive once it is over
   */
  Duration left(long sinceNanos) {
    long waited = System.nanoTime() - sinceNanos;
    long silent = System.nanoTime() - renewedNanos;
    return limit.minusNanos(Math.min(waited, silent));
  }
}
