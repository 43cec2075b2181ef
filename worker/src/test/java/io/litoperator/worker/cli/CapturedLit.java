package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Command lines of {@code lit}, run in this process, and what they print. */
final class CapturedLit {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** Runs one; what the one before printed is forgotten. Its exit code. */
  int run(String... arguments) {
    out.reset();
    err.reset();
    return Lit.execute(new Console(stream(out), stream(err), Screen::plain), arguments);
  }

  String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }
}
