package io.litoperator.worker.distributed.agent;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** Holds back what happens too often for each time to be told. Safe for use by any thread. */
final class Pace {
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final LongSupplier nanoTime;
  private final Map<String, Long> toldNanos = new ConcurrentHashMap<>();

  Pace() {
    this(System::nanoTime);
  }

  Pace(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Whether to tell of something: the first time, and then once a second. */
  boolean allows(String what) {
    long now = nanoTime.getAsLong();
    return toldNanos.merge(what, now, (told, unused) -> now - told >= PAUSE.toNanos() ? now : told)
        == now;
  }

  /** It is over; what is called so next is new. */
  void forget(String what) {
    toldNanos.remove(what);
  }
}
