package io.litoperator.worker.report;

import io.litoperator.worker.transfer.Progress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Tells those who watch how work on many bytes gets on: nothing in its first seconds, then every
 * few seconds, as long as bytes move. Safe for use by any thread.
 */
public final class LongWork implements Progress {
  private static final long PAUSE = Duration.ofSeconds(5).toNanos();
  private static final int ALONE = 0;

  private final Listener listener;
  private final LongSupplier nanoTime;
  private final Map<String, Work> works = new HashMap<>();

  /**
   * @param listener told by the thread that tells of the work
   */
  public LongWork(Listener listener) {
    this(listener, System::nanoTime);
  }

  LongWork(Listener listener, LongSupplier nanoTime) {
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  @Override
  public void on(String what, long done, long total) {
    on(ALONE, what, done, total);
  }

  /**
   * As {@link #on(String, long, long)}, of work that several share: what they have done is added.
   *
   * @param who does a part of it
   */
  public synchronized void on(int who, String what, long done, long total) {
    long now = nanoTime.getAsLong();
    Work work = works.computeIfAbsent(what, absent -> new Work());
    work.parts.put(who, new Part(done, total));
    if (work.isDone()) {
      works.remove(what);
    }
    boolean due = now - work.sinceNanos >= PAUSE || work.told && work.isDone();
    if (work.isNew() || work.done() < work.doneBefore) {
      work.measureFrom(now);
    } else if (due && work.done() > work.doneBefore) {
      listener.on(work.progress(what, (now - work.sinceNanos) * 1e-9));
      work.told = true;
      work.measureFrom(now);
    }
  }

  /** Bytes. */
  private record Part(long done, long total) {}

  private static final class Work {
    private final Map<Integer, Part> parts = new HashMap<>();
    private long sinceNanos;
    private long doneBefore = -1;
    private boolean told;

    boolean isNew() {
      return doneBefore < 0;
    }

    void measureFrom(long nanos) {
      sinceNanos = nanos;
      doneBefore = done();
    }

    long done() {
      return parts.values().stream().mapToLong(Part::done).sum();
    }

    long total() {
      return parts.values().stream().mapToLong(Part::total).sum();
    }

    boolean isDone() {
      return done() >= total();
    }

    Event.FileProgress progress(String what, double seconds) {
      double rate = (done() - doneBefore) / Math.max(1e-3, seconds);
      return new Event.FileProgress(what, done(), total(), rate, (total() - done()) / rate);
    }
  }
}
