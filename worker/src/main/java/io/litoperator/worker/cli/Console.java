package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Where commands write: results to {@code out}, what concerns the person only to {@code err}; both
 * in UTF-8.
 *
 * @param screen what {@code out} is shown on; asked when needed, as it starts processes
 */
record Console(PrintStream out, PrintStream err, Supplier<Screen> screen) {

  /** This process's own. */
  static Console standard() {
    return new Console(stream(FileDescriptor.out), stream(FileDescriptor.err), Screen::detect);
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
  }
}
