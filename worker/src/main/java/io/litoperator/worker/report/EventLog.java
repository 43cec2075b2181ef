package io.litoperator.worker.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A run's events in a file of JSON lines, kept over restarts and resumptions. A process killed
 * while it writes leaves a last line without an end: readers pass over it, and the next writer cuts
 * it off.
 */
public final class EventLog implements Listener, AutoCloseable {
  private final Path file;
  private final FileChannel channel;
  private final JsonLines lines;

  private EventLog(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
    this.lines = new JsonLines(Channels.newOutputStream(channel));
  }

  /**
   * Opens a log to append to, and makes it and its folder where absent.
   *
   * @throws Failure STORAGE if the file cannot be written
   */
  public static EventLog append(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      long end = endOfLastLine(channel);
      channel.truncate(end).position(end);
      return new EventLog(file, channel);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The event log " + file + " cannot be written: " + e.getMessage() + ".",
          e);
    }
  }

  /**
   * All events of a log, none if there is no such file.
   *
   * @throws Failure BAD_DATA for a line that is not an event, STORAGE if the file cannot be read
   */
  public static List<Event> read(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The event log " + file + " cannot be read: " + e.getMessage() + ".",
          e);
    }
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    return parse(file, new String(bytes, 0, end, StandardCharsets.UTF_8));
  }

  @Override
  public void on(Event event) {
    lines.on(event);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The event log " + file + " cannot be closed: " + e.getMessage() + ".",
          e);
    }
  }

  private static List<Event> parse(Path file, String text) {
    EventJson json = new EventJson();
    List<Event> events = new ArrayList<>();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      try {
        events.add(json.read(line));
      } catch (JsonProcessingException e) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "Line "
                + number
                + " of "
                + file
                + " is not an event; remove the line, or the file to start over.",
            e);
      }
    }
    return events;
  }

  /** Length of the file up to and with its last line end. */
  private static long endOfLastLine(FileChannel channel) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long end = channel.size(); end > 0; end--) {
      channel.read(one.clear(), end - 1);
      if (one.get(0) == '\n') {
        return end;
      }
    }
    return 0;
  }
}
