package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import io.litoperator.worker.run.JobCheck;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how far a check is: on a terminal by one line that is written over, else at the end. */
final class CheckProgress implements JobCheck.Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Screen screen;
  private long shownAt;

  CheckProgress(PrintStream out, Screen screen) {
    this.out = out;
    this.screen = screen;
  }

  @Override
  public void on(String part, long done, long total) {
    if (done == total) {
      erase();
      out.printf(Locale.ROOT, "checked %,d %s%n", total, part);
    } else if (screen.live() && System.nanoTime() - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = System.nanoTime();
      out.printf(Locale.ROOT, "%schecking %s: %,d of %,d", BACK_AND_ERASE, part, done, total);
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
