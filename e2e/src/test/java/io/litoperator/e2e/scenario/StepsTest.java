package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StepsTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;

  @Test
  void aLineIsReadOnceItIsWhole() throws IOException {
    Path events = events("first");
    try (Steps steps = new Steps("job", () -> Optional.of(folder.resolve("first")))) {
      append(events, step(1) + "{\"event\": \"step\", \"stage\": \"pre");
      steps.await("pretrain", 1, SOON);
      append(events, "train\", \"step\": 2}\n");

      assertThat(steps.await("pretrain", 2, SOON).what().step()).isEqualTo(2);
      assertThat(steps.journal().size()).isEqualTo(2);
    }
  }

  @Test
  void aStepsTimeIsThatBetweenTheFirstAndTheLast() throws IOException {
    Path events = events("first");
    try (Steps steps = new Steps("job", () -> Optional.of(folder.resolve("first")))) {
      append(events, step(1));
      steps.await("pretrain", 1, SOON);
      append(events, step(2) + "{\"event\": \"notice\"}\n" + step(3));
      steps.await("pretrain", 3, SOON);

      List<Journal.Entry<Steps.Seen>> told = steps.journal().entries();
      assertThat(steps.stepTime())
          .isEqualTo(Duration.between(told.get(0).at(), told.get(3).at()).dividedBy(2));
    }
  }

  @Test
  void theNextStepAfterARestartIsNotOneFromBefore() throws IOException {
    Path events = events("first");
    try (Steps steps = new Steps("job", () -> Optional.of(folder.resolve("first")))) {
      append(events, step(7));
      steps.await("pretrain", 7, SOON);
      append(events, step(8) + "{\"event\": \"runStarted\"}\n" + step(6));

      assertThat(steps.nextAfterRestart(1, SOON).what().step()).isEqualTo(6);
    }
  }

  @Test
  void aSuccessorsFirstStepIsAfterARestart() throws IOException {
    AtomicReference<Path> volumes = new AtomicReference<>(folder.resolve("first"));
    append(events("first"), step(7));
    try (Steps steps = new Steps("job", () -> Optional.of(volumes.get()))) {
      steps.await("pretrain", 7, SOON);
      append(events("second"), "{\"event\": \"runStarted\"}\n" + step(6));
      volumes.set(folder.resolve("second"));

      assertThat(steps.nextAfterRestart(1, SOON).what().step()).isEqualTo(6);
    }
  }

  @Test
  void whatASuccessorKnowsOfItsPredecessorIsNotTakenForNew() throws IOException {
    AtomicReference<Path> volumes = new AtomicReference<>(folder.resolve("first"));
    append(events("first"), "{\"event\": \"runStarted\"}\n" + step(1) + step(2) + step(3));
    try (Steps steps = new Steps("job", () -> Optional.of(volumes.get()))) {
      steps.await("pretrain", 3, SOON);
      int place = steps.journal().size();
      append(
          events("second"),
          "{\"event\": \"runStarted\"}\n"
              + step(1)
              + step(2)
              + "{\"event\": \"notice\"}\n"
              + step(4));
      volumes.set(folder.resolve("second"));

      assertThat(steps.next(place, SOON).what().step()).isEqualTo(4);
      assertThat(steps.journal().size()).isEqualTo(place + 2);
    }
  }

  @Test
  void whatDoesNotHappenIsNamed() {
    try (Steps steps = new Steps("job", Optional::empty)) {
      assertThatThrownBy(() -> steps.await("finetune", 3, Duration.ofMillis(50)))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("event of job")
          .hasMessageContaining("finetune-3");
    }
  }

  private Path events(String pod) throws IOException {
    Path output =
        Files.createDirectories(folder.resolve(pod).resolve("kubernetes.io~empty-dir/lit"));
    return output.resolve("events.jsonl");
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static String step(int number) {
    return "{\"event\": \"step\", \"stage\": \"pretrain\", \"step\": %d}%n".formatted(number);
  }
}
