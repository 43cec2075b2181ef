package io.litoperator.worker.report;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Writes events as JSON lines in UTF-8, for programs; each line is flushed. A reader that is gone
 * ends nothing.
 */
public final class JsonLines implements Listener {
  private final EventJson json = new EventJson();
  private final PrintStream out;

  public JsonLines(PrintStream out) {
    this.out = out;
  }

  @Override
  public void on(Event event) {
    out.writeBytes((json.write(event) + "\n").getBytes(StandardCharsets.UTF_8));
    out.flush();
  }
}
