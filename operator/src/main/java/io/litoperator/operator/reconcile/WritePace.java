package io.litoperator.operator.reconcile;

import io.litoperator.operator.progress.TokenBucket;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Spaces the writes of all threads: a second's worth at once, then one after the other. */
public final class WritePace {
  private final Optional<TokenBucket> bucket;
  private final LongSupplier nanoTime;
  private final Consumer<Duration> sleep;

  /**
   * @param perSecond empty for no limit
   */
  public WritePace(Optional<Double> perSecond) {
    this(perSecond, System::nanoTime, WritePace::sleep);
  }

  WritePace(Optional<Double> perSecond, LongSupplier nanoTime, Consumer<Duration> sleep) {
    this.bucket =
        perSecond.map(rate -> new TokenBucket(Math.max(1, rate), rate, nanoTime.getAsLong()));
    this.nanoTime = nanoTime;
    this.sleep = sleep;
  }

  /** Returns when the next write may be made. */
  void await() {
    bucket.ifPresent(this::await);
  }

  private void await(TokenBucket limit) {
    Duration wait = take(limit);
    while (!wait.isZero()) {
      sleep.accept(wait);
      wait = take(limit);
    }
  }

  /** Zero if it has taken one; else how long to wait before it tries again. */
  private synchronized Duration take(TokenBucket limit) {
    long now = nanoTime.getAsLong();
    return limit.tryTake(now) ? Duration.ZERO : limit.untilNext(now);
  }

  private static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis(), time.toNanosPart() % 1_000_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted before a write.", e);
    }
  }
}
