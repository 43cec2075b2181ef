package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.Objective;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private static final Event FIRST = new Event.Notice("größer ↵ \n als");
  private static final Event SECOND = new Event.Scored("pope", "accuracy", .5, 10, "pope-1", 7L);

  @TempDir Path folder;

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

    assertThatThrownBy(() -> EventLog.append(file.resolve("events.jsonl")))
        .isInstanceOf(Failure.class)
        .extracting(e -> ((Failure) e).exitCode())
        .isEqualTo(ExitCode.STORAGE);
  }

  private static void write(Path file, Event... events) {
    try (EventLog log = EventLog.append(file)) {
      for (Event event : events) {
        log.on(event);
      }
    }
  }
}
