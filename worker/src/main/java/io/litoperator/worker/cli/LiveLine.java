package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Supplier;

/** One line of a terminal that is written over; nothing where that cannot be. */
final class LiveLine {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Screen screen;
  private long shownAt;

  LiveLine(PrintStream out, Screen screen) {
    this.out = out;
    this.screen = screen;
  }

  /** Shows a text, unless one was shown just now. */
  void show(Supplier<String> text) {
    if (screen.live() && System.nanoTime() - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = System.nanoTime();
      out.print(BACK_AND_ERASE + text.get());
      out.flush();
    }
  }

  /** Leaves its place to other lines. */
  void erase() {
    if (screen.live()) {
      out.print(BACK_AND_ERASE);
      out.flush();
    }
  }
}
