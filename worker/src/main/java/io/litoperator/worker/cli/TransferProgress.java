package io.litoperator.worker.cli;

import io.litoperator.worker.interchange.ModelWriter;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.Screen;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how much of a model has been written: on a terminal by one line, else at the end. */
final class TransferProgress implements ModelWriter.Progress, AutoCloseable {
  private static final long NANOS_BETWEEN_REDRAWS = Duration.ofMillis(100).toNanos();
  private static final String BACK_AND_ERASE = "\r\u001b[K";

  private final PrintStream out;
  private final Screen screen;
  private final long startedAt = System.nanoTime();
  private long shownAt;

  TransferProgress(PrintStream out, Screen screen) {
    this.out = out;
    this.screen = screen;
  }

  @Override
  public void on(long done, long total) {
    if (screen.live() && System.nanoTime() - shownAt >= NANOS_BETWEEN_REDRAWS) {
      shownAt = System.nanoTime();
      out.printf(
          Locale.ROOT,
          "%swriting: %s of %s, %s/s",
          BACK_AND_ERASE,
          Numbers.bytes(done),
          Numbers.bytes(total),
          Numbers.bytes((long) (done / seconds())));
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
