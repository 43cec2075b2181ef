package io.litoperator.operator.progress;

import java.time.Duration;

/**
 * Lets through a burst, then a steady rate. For one thread at a time, which also brings the time.
 */
public final class TokenBucket {
  private final double capacity;
  private final double perNano;
  private double tokens;
  private long filledAt;

  /**
   * @param burst at least 1
   * @param perSecond positive
   * @param now {@link System#nanoTime}
   */
  public TokenBucket(double burst, double perSecond, long now) {
    this.capacity = burst;
    this.perNano = perSecond / Duration.ofSeconds(1).toNanos();
    this.tokens = burst;
    this.filledAt = now;
  }

  public boolean tryTake(long now) {
    fill(now);
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  /** How long until a token is there; zero if one is. */
  public Duration untilNext(long now) {
    fill(now);
    return tokens >= 1 ? Duration.ZERO : Duration.ofNanos((long) Math.ceil((1 - tokens) / perNano));
  }

  private void fill(long now) {
    tokens = Math.min(capacity, tokens + Math.max(0, now - filledAt) * perNano);
    filledAt = Math.max(filledAt, now);
  }
}
