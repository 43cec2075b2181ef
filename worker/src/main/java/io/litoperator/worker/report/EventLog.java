package io.litoperator.worker.report;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * A run's events in a file of JSON lines, kept over restarts and resumptions. A process killed
 * while it writes leaves a last line without an end: readers pass over it, and the next writer cuts
 * it off.
 *
 * <p>A disk that is full ends no run: it is told once, and events wait for room.
 */
public final class EventLog implements Listener, AutoCloseable {
  /** Some megabytes. One more, and all later ones are left out: readers know no gaps. */
  private static final int MOST_WAITING = 10_000;

  private final Path file;
  private final SeekableByteChannel channel;
  private final Consumer<String> notices;
  private final EventJson json = new EventJson();
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private boolean told;
  private boolean overflowed;

  /**
   * @param channel to the file, at its end
   */
  EventLog(Path file, SeekableByteChannel channel, Consumer<String> notices) {
    this.file = file;
    this.channel = channel;
    this.notices = notices;
  }

  /**
   * Opens a log to append to, and makes it and its folder where absent.
   *
   * @param notices told, in a sentence, if events cannot be written
   * @throws Failure STORAGE if the file cannot be opened
   */
  public static EventLog append(Path file, Consumer<String> notices) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      long end = endOfLastLine(channel);
      channel.truncate(end).position(end);
      return new EventLog(file, channel, notices);
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
   * @throws Failure as of {@link #read(Path, Consumer)}
   */
  public static List<Event> read(Path file) {
    List<Event> events = new ArrayList<>();
    read(file, events::add);
    return events;
  }

  /**
   * Reads a log, which may be long and still be written to, without holding more than an event.
   *
   * @param events told each in turn, none if there is no such file
   * @throws Failure BAD_DATA for a line that is not an event, STORAGE if the file cannot be read
   */
  public static void read(Path file, Consumer<Event> events) {
    try (InputStream in = Files.newInputStream(file)) {
      new EventReader(file, events).read(in);
    } catch (NoSuchFileException e) {
      // Nothing has happened yet.
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * Length of a log in bytes, up to and with the end of its last line; what comes before that stays
   * as it is.
   *
   * @throws Failure STORAGE if the file cannot be read
   */
  public static long length(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      return endOfLastLine(channel);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  private static Failure unreadable(Path file, IOException e) {
    return new Failure(
        ExitCode.STORAGE, "The event log " + file + " cannot be read: " + e.getMessage() + ".", e);
  }

  @Override
  public void on(Event event) {
    overflowed |= waiting.size() == MOST_WAITING;
    if (!overflowed) {
      waiting.add((json.write(event) + "\n").getBytes(StandardCharsets.UTF_8));
    }
    writeWaiting();
  }

  private void writeWaiting() {
    try {
      while (!waiting.isEmpty()) {
        write(ByteBuffer.wrap(waiting.element()));
        waiting.remove();
      }
    } catch (IOException e) {
      tell(e);
    }
  }

  /** The whole line or nothing of it. */
  private void write(ByteBuffer line) throws IOException {
    long end = channel.position();
    try {
      while (line.hasRemaining()) {
        channel.write(line);
      }
    } catch (IOException e) {
      channel.truncate(end);
      throw e;
    }
  }

  private void tell(IOException e) {
    if (!told) {
      told = true;
      notices.accept(
          "Events cannot be written to %s (%s); the run goes on, and they wait for room."
              .formatted(file, e.getMessage()));
    }
  }

  @Override
  public void close() {
    writeWaiting();
    try {
      channel.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The event log " + file + " cannot be closed: " + e.getMessage() + ".",
          e);
    }
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
