package io.litoperator.worker.cli;

import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.Screen;
import io.litoperator.worker.transfer.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Shows how downloads go: on a terminal by one line that is written over, else at their end. */
final class DownloadProgress implements Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Supplier<Screen> detect;
  private Screen screen;
  private final Map<String, Long> startedAt = new HashMap<>();
  private long shownAt;

  /**
   * @param detect what it is shown on; asked when something is downloaded
   */
  DownloadProgress(PrintStream out, Supplier<Screen> detect) {
    this.out = out;
    this.detect = detect;
  }

  @Override
  public synchronized void on(String what, long done, long total) {
    if (screen == null) {
      screen = detect.get();
    }
    long now = System.nanoTime();
    double seconds = Math.max(1e-3, (now - startedAt.computeIfAbsent(what, unseen -> now)) * 1e-9);
    if (done == total) {
      close();
      out.printf(Locale.ROOT, "downloaded %s: %s%n", what, Numbers.bytes(total));
    } else if (screen.live() && now - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = now;
      double rate = done / seconds;
      out.printf(
          Locale.ROOT,
          "%sdownloading %s: %s of %s, %s/s, %s left",
          BACK_AND_ERASE,
          what,
          Numbers.bytes(done),
          Numbers.bytes(total),
          Numbers.bytes((long) rate),
          rate < 1 ? "?" : Numbers.duration((total - done) / rate));
      out.flush();
    }
  }

  @Override
  public void close() {
    if (screen != null && screen.live()) {
      out.print(BACK_AND_ERASE);
      out.flush();
    }
  }
}
