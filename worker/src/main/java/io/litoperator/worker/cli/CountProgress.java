package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import io.litoperator.worker.transfer.Progress;
import java.io.PrintStream;
import java.util.Locale;

/**
 * Shows how far a reading of data is: on a terminal by one line that is written over, else at the
 * end.
 */
final class CountProgress implements Progress, AutoCloseable {
  private final String doing;
  private final String done;
  private final PrintStream out;
  private final LiveLine line;

  /**
   * @param doing such as {@code checking}
   * @param done such as {@code checked}
   */
  CountProgress(PrintStream out, Screen screen, String doing, String done) {
    this.doing = doing;
    this.done = done;
    this.out = out;
    line = new LiveLine(out, screen);
  }

  @Override
  public void on(String part, long read, long total) {
    if (read == total) {
      line.erase();
      out.printf(Locale.ROOT, "%s %,d %s%n", done, total, part);
    } else {
      line.show(() -> String.format(Locale.ROOT, "%s %s: %,d of %,d", doing, part, read, total));
    }
  }

  @Override
  public void close() {
    line.erase();
  }
}
