package io.litoperator.worker.report;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a rank did when, in Chrome's trace-event format, which Perfetto opens: complete events
 * ({@code X}) of one process a rank, times in microseconds.
 */
public final class ChromeTrace implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final int rank;
  private final JsonGenerator out;

  private ChromeTrace(int rank, JsonGenerator out) {
    this.rank = rank;
    this.out = out;
  }

  /** Begins a rank's file; ranks of one machine share the clock. */
  public static ChromeTrace create(Path file, int rank) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      JsonGenerator out = JSON.createGenerator(Files.newBufferedWriter(file));
      ChromeTrace trace = new ChromeTrace(rank, out);
      out.writeStartArray();
      trace.metadata("process_name", "name", "rank " + rank);
      trace.metadata("process_sort_index", "sort_index", rank);
      return trace;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void metadata(String name, String key, Object value) throws IOException {
    begin(name, "M");
    out.writeObjectFieldStart("args");
    out.writeObjectField(key, value);
    out.writeEndObject();
    out.writeEndObject();
  }

  /**
   * @param category such as {@code forward}
   * @param start by {@link System#nanoTime}
   * @param end by {@link System#nanoTime}
   */
  public void span(String name, String category, long start, long end) {
    try {
      begin(name, "X");
      out.writeStringField("cat", category);
      out.writeNumberField("ts", start / 1e3);
      out.writeNumberField("dur", (end - start) / 1e3);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void begin(String name, String phase) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", name);
    out.writeStringField("ph", phase);
    out.writeNumberField("pid", rank);
    out.writeNumberField("tid", 0);
  }

  /** Puts ranks' files into one, side by side. */
  public static void merge(List<Path> ranks, Path into) {
    try (JsonGenerator out = JSON.createGenerator(Files.newBufferedWriter(into))) {
      out.writeStartObject();
      out.writeStringField("displayTimeUnit", "ms");
      out.writeArrayFieldStart("traceEvents");
      for (Path file : ranks) {
        for (JsonNode event : JSON.readTree(file.toFile())) {
          out.writeObject(event);
        }
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      out.writeEndArray();
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
