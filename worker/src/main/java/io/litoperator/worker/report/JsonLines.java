package io.litoperator.worker.report;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Writes events as JSON lines in UTF-8, for programs; each line is flushed. */
public final class JsonLines implements Listener {
  private final EventJson json = new EventJson();
  private final OutputStream out;

  public JsonLines(OutputStream out) {
    this.out = out;
  }

  /**
   * @throws Failure STORAGE if the line cannot be written
   */
  @Override
  public void on(Event event) {
    try {
      out.write((json.write(event) + "\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The run's events cannot be written: "
              + e.getMessage()
              + "; keep the output's reader open and its disk from filling up.",
          e);
    }
  }
}
