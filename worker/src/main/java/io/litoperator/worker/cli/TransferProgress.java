package io.litoperator.worker.cli;

import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.Screen;
import io.litoperator.worker.transfer.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how far the verifying and writing of a model are: by one line, on a terminal. */
final class TransferProgress implements Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Screen screen;
  private String shown = "";
  private long startedAt;
  private long shownAt;

  TransferProgress(PrintStream out, Screen screen) {
    this.out = out;
    this.screen = screen;
  }

  @Override
  public void on(String what, long done, long total) {
    if (!what.equals(shown)) {
      shown = what;
      startedAt = System.nanoTime();
    }
    if (screen.live() && System.nanoTime() - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = System.nanoTime();
      out.printf(
          Locale.ROOT,
          "%s%s: %s of %s, %s/s, %s left",
          BACK_AND_ERASE,
          what,
          Numbers.bytes(done),
          Numbers.bytes(total),
          Numbers.bytes((long) (done / seconds())),
          Numbers.duration((total - done) * seconds() / Math.max(1, done)));
      out.flush();
    }
  }

  private double seconds() {
    return Math.max(1e-3, (System.nanoTime() - startedAt) * 1e-9);
  }

  @Override
  public void close() {
    if (screen.live()) {
      out.print(BACK_AND_ERASE);
      out.flush();
    }
  }
}
