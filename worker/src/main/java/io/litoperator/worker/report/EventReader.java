package io.litoperator.worker.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Reads the events of a log; a last line without an end is passed over. */
final class EventReader {
  private static final int CHUNK = 1 << 16;

  private final Path file;
  private final Consumer<Event> events;
  private final EventJson json = new EventJson();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int number;

  /**
   * @param file as it is named in a failure
   */
  EventReader(Path file, Consumer<Event> events) {
    this.file = file;
    this.events = events;
  }

  void read(InputStream in) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (int count = in.read(chunk); count > 0; count = in.read(chunk)) {
      int start = 0;
      for (int i = 0; i < count; i++) {
        if (chunk[i] == '\n') {
          line.write(chunk, start, i - start);
          endLine();
          start = i + 1;
        }
      }
      line.write(chunk, start, count - start);
    }
  }

  private void endLine() {
    number++;
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    try {
      events.accept(json.read(text));
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Line %d of %s is not an event; remove the line, or the file to start over."
              .formatted(number, file),
          e);
    }
  }
}
