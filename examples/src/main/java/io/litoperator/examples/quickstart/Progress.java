package io.litoperator.examples.quickstart;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Prints how far a long piece of work is, at most every other second and at its end. */
final class Progress {
  private static final long INTERVAL = Duration.ofSeconds(2).toNanos();

  private final PrintStream out;
  private final String unit;
  private final int total;
  private final long start = System.nanoTime();
  private long printed = start;
  private int done;

  /**
   * @param unit what is counted, plural
   */
  Progress(PrintStream out, String unit, int total) {
    this.out = out;
    this.unit = unit;
    this.total = total;
  }

  /** Counts one; safe to call from many threads. */
  synchronized void advance() {
    done++;
    long now = System.nanoTime();
    if (done == total || now - printed >= INTERVAL) {
      printed = now;
      out.println(line(Duration.ofNanos(now - start)));
    }
  }

  private String line(Duration elapsed) {
    double seconds = Math.max(elapsed.toMillis(), 1) / 1000.0;
    double rate = done / seconds;
    return String.format(
        Locale.ROOT,
        "quickstart: %,d of %,d %s, %,.0f/s, %s",
        done,
        total,
        unit,
        rate,
        done == total
            ? String.format(Locale.ROOT, "%.1f s in all", seconds)
            : String.format(Locale.ROOT, "%.0f s left", (total - done) / rate));
  }
}
