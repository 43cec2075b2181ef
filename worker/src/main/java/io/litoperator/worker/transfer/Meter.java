package io.litoperator.worker.transfer;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Adds up bytes, such as those of transfers that go on at the same time. */
public final class Meter implements LongConsumer {
  private final String what;
  private final long total;
  private final Progress progress;
  private final AtomicLong done = new AtomicLong();

  /**
   * @param total bytes there will be at the end
   */
  public Meter(String what, long total, Progress progress) {
    this.what = what;
    this.total = total;
    this.progress = progress;
  }

  /**
   * @param bytes transferred since the last call; below 0 where a transfer starts over
   */
  @Override
  public void accept(long bytes) {
    progress.on(what, done.addAndGet(bytes), total);
  }
}
