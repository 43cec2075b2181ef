package io.litoperator.worker.cli;

import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.Screen;
import io.litoperator.worker.transfer.Progress;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Shows how work on many bytes gets on, with rate and time left: on a terminal by one line that is
 * written over, and at its end, everywhere, by one that stays.
 */
final class ByteProgress implements Progress, AutoCloseable {
  private final String doing;
  private final PrintStream out;
  private final Supplier<Screen> detect;
  private final Map<String, Long> startedAt = new HashMap<>();
  private LiveLine line;

  private ByteProgress(Console console, String doing) {
    this.doing = doing;
    out = console.err();
    detect = console.screen();
  }

  /** Of work that says what it does. */
  static ByteProgress on(Console console) {
    return new ByteProgress(console, "");
  }

  /** Of downloads, which say what they bring. */
  static ByteProgress ofDownloads(Console console) {
    return new ByteProgress(console, "downloading ");
  }

  @Override
  public synchronized void on(String what, long done, long total) {
    if (line == null) {
      // It takes a process to ask, and often there is nothing to show.
      line = new LiveLine(out, detect.get());
    }
    long now = System.nanoTime();
    double seconds = (now - startedAt.computeIfAbsent(what, unseen -> now)) * 1e-9;
    if (done == total) {
      line.erase();
      startedAt.remove(what);
      out.printf(
          Locale.ROOT,
          "%s%s: %s in %s%n",
          doing,
          what,
          Numbers.bytes(total),
          Numbers.duration(seconds));
    } else {
      line.show(() -> doing + what + ": " + howFar(done, total, seconds));
    }
  }

  private static String howFar(long done, long total, double seconds) {
    double rate = done / Math.max(1e-3, seconds);
    return String.format(
        Locale.ROOT,
        "%s of %s, %s/s, %s left",
        Numbers.bytes(done),
        Numbers.bytes(total),
        Numbers.bytes((long) rate),
        rate < 1 ? "?" : Numbers.duration((total - done) / rate));
  }

  @Override
  public synchronized void close() {
    if (line != null) {
      line.erase();
    }
  }
}
