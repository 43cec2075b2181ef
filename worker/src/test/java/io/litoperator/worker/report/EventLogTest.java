package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Event FIRST = new Event.Notice("größer ↵ \n als");
  private static final Event SECOND = new Event.Scored("pope", "accuracy", .5, 10, "pope-1", 7L);

  @TempDir Path folder;
  private final List<String> told = new ArrayList<>();

  @Test
  void givesBackWhatARunTold() {
    Path file = folder.resolve("out/events.jsonl");
    Path picture = folder.resolve("scene.png").toAbsolutePath();
    List<Event> events = Histories.restarted(Objective.LIT, 1, List.of(picture));

    write(file, events.toArray(Event[]::new));

    assertThat(EventLog.read(file)).isEqualTo(events);
  }

  @Test
  void numbersThatJsonLacksComeBack() {
    Path file = folder.resolve("events.jsonl");
    Event diverged = Histories.step("finetune", 1, 2, Double.NaN);

    write(file, diverged);

    assertThat(EventLog.read(file)).containsExactly(diverged);
  }

  @Test
  void laterRunsAppend() {
    Path file = folder.resolve("events.jsonl");

    write(file, FIRST);
    write(file, SECOND);

    assertThat(EventLog.read(file)).containsExactly(FIRST, SECOND);
  }

  @Test
  void aLineCutAtAnyByteIsPassedOverAndThenCutOff() throws IOException {
    Path file = folder.resolve("events.jsonl");
    write(file, SECOND, FIRST);
    byte[] whole = Files.readAllBytes(file);
    int firstLine = new String(whole, StandardCharsets.UTF_8).indexOf('\n') + 1;

    for (int length = firstLine; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(EventLog.read(file)).as("cut to %d bytes", length).containsExactly(SECOND);
      write(file, FIRST);
      assertThat(EventLog.read(file)).as("cut to %d bytes", length).containsExactly(SECOND, FIRST);
    }
  }

  @Test
  void aBrokenLineInTheMiddleIsNamed() throws IOException {
    Path file = folder.resolve("events.jsonl");
    write(file, FIRST);
    Files.writeString(file, "{\"event\":\"no\n", StandardOpenOption.APPEND);
    Files.writeString(file, "{}\n", StandardOpenOption.APPEND);

    assertThatThrownBy(() -> EventLog.read(file))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("Line 2 of " + file)
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.BAD_DATA);
  }

  @Test
  void noFileIsNoEvents() {
    assertThat(EventLog.read(folder.resolve("none.jsonl"))).isEmpty();
  }

  @Test
  void aFolderThatCannotBeMadeIsAStorageFault() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThatThrownBy(() -> EventLog.append(file.resolve("events.jsonl"), told::add))
        .isInstanceOf(Failure.class)
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.STORAGE);
  }

  @Test
  void aFullDiskIsToldOnceAndEndsNothing() {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();

    write(full, FIRST, SECOND);

    assertThat(told)
        .singleElement()
        .asString()
        .contains("/dev/full", "No space left on device", "the run goes on");
  }

  @Test
  void whatFoundNoRoomIsWrittenWhenThereIsSome() throws IOException {
    Path file = folder.resolve("events.jsonl");
    Files.createFile(file);
    SmallDisk room = new SmallDisk(FileChannel.open(file, StandardOpenOption.WRITE), 10);
    try (EventLog log = new EventLog(file, room, told::add)) {
      log.on(FIRST);
      log.on(SECOND);
      assertThat(file).isEmptyFile();
      room.left = 1_000;
      log.on(FIRST);
      assertThat(EventLog.read(file)).containsExactly(FIRST, SECOND, FIRST);
    }

    assertThat(told).hasSize(1);
  }

  private void write(Path file, Event... events) {
    try (EventLog log = EventLog.append(file, told::add)) {
      for (Event event : events) {
        log.on(event);
      }
    }
  }

  /** A file on a disk that takes only so many bytes more. */
  private static final class SmallDisk implements SeekableByteChannel {
    private final FileChannel file;
    private int left;

    SmallDisk(FileChannel file, int left) {
      this.file = file;
      this.left = left;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (left == 0) {
        throw new IOException("No space left on device");
      }
      ByteBuffer part = source.slice(source.position(), Math.min(left, source.remaining()));
      int written = file.write(part);
      source.position(source.position() + written);
      left -= written;
      return written;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
      return file.read(into);
    }

    @Override
    public long position() throws IOException {
      return file.position();
    }

    @Override
    public SeekableByteChannel position(long position) throws IOException {
      return file.position(position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public SeekableByteChannel truncate(long size) throws IOException {
      file.truncate(size);
      return this;
    }

    @Override
    public boolean isOpen() {
      return file.isOpen();
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }
}
