package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import io.litoperator.worker.transfer.Progress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/**
 * Shows how far a reading of data is: on a terminal by one line that is written over, else at the
 * end.
 */
final class CountProgress implements Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final String doing;
  private final String done;
  private final PrintStream out;
  private final Screen screen;
  private long shownAt;

  /**
   * @param doing such as {@code checking}
   * @param done such as {@code checked}
   */
  CountProgress(PrintStream out, Screen screen, String doing, String done) {
    this.doing = doing;
    this.done = done;
    this.out = out;
    this.screen = screen;
  }

  @Override
  public void on(String part, long read, long total) {
    if (read == total) {
      erase();
      out.printf(Locale.ROOT, "%s %,d %s%n", done, total, part);
    } else if (screen.live() && System.nanoTime() - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = System.nanoTime();
      out.printf(Locale.ROOT, "%s%s %s: %,d of %,d", BACK_AND_ERASE, doing, part, read, total);
      out.flush();
    }
  }

  @Override
  public void close() {
    erase();
  }

  private void erase() {
    if (screen.live()) {
      out.print(BACK_AND_ERASE);
    }
  }
}
