package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import io.litoperator.worker.report.Histories;
import io.litoperator.worker.report.RunHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RunRecordTest {
  private static final Path PICTURE = Path.of("/absent.png");
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final List<Event> RUN = Histories.restarted(Objective.LIT, 1, List.of(PICTURE));

  @TempDir Path folder;
  private final List<String> told = new CopyOnWriteArrayList<>();
  private Path kept;
  private JobFiles files;

  @BeforeEach
  void prepare() {
    kept = folder.resolve("claims/runs/job");
    files = new CheckpointStore(kept).files();
  }

  @Test
  void allIsKeptAtTheEnd() throws IOException {
    run("pod-1", RUN);

    assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(RUN);
    assertThat(kept.resolve("report.html")).content().contains("<html");
    try (Stream<Path> chunks = Files.walk(kept.resolve("tensorboard/LIT/seed-1/finetune"))) {
      assertThat(chunks.filter(Files::isRegularFile)).isNotEmpty();
    }
    assertThat(told).isEmpty();
  }

  @Test
  void whatWasToldBeforeACheckpointIsKeptOnceThatIsSaved() throws Exception {
    Path output = folder.resolve("pod-1");
    List<Event> first = RUN.subList(0, lastSave() + 1);
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      for (Event event : first) {
        log.on(event);
        record.on(event);
      }
      CountDownLatch brought = new CountDownLatch(1);
      courier.send(brought::countDown);
      brought.await();

      assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(first);
    }
  }

  @Test
  void theNextPodGoesOnWithOneCurve() {
    int lost = lastSave() - 10;
    run("pod-1", RUN.subList(0, lost));
    run("pod-2", RUN.subList(lost, RUN.size()));

    List<Event> all = EventLog.read(kept.resolve("events.jsonl"));
    assertThat(all).isEqualTo(RUN);
    assertThat(RunHistory.of(all).runs())
        .singleElement()
        .satisfies(run -> assertThat(run.stages().get(1).steps()).hasSize(350));
  }

  @Test
  void aPodWhosePlaceAnotherHasTakenKeepsNothing() {
    try (Courier courier = new Courier(told::add)) {
      record(folder.resolve("pod-1"), () -> false, courier).keepSoon();
      courier.finish(LONG);
    }

    assertThat(kept).doesNotExist();
    assertThat(told).isEmpty();
  }

  @Test
  void aStoreThatFailsIsToldOnceAndEndsNothing() throws IOException {
    Files.createDirectories(kept);
    Path inTheWay = Files.createFile(kept.resolve("tensorboard"));
    run("pod-1", RUN);

    assertThat(told)
        .singleElement()
        .asString()
        .contains("are not kept", inTheWay.toString(), "cannot be written");
  }

  @Test
  void aStoreThatHangsIsNotWaitedFor() {
    CountDownLatch never = new CountDownLatch(1);
    try (Courier courier = new Courier(told::add)) {
      courier.send(
          () -> {
            try {
              never.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      courier.finish(Duration.ofMillis(50));
    }

    assertThat(told).singleElement().asString().contains("could not be brought up to date");
  }

  private void run(String pod, List<Event> events) {
    Path output = folder.resolve(pod);
    RunRecord.restore(files, output);
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      for (Event event : events) {
        log.on(event);
        record.on(event);
      }
      record.keepSoon();
      courier.finish(LONG);
    }
  }

  private RunRecord record(Path output, BooleanSupplier current, Courier courier) {
    return new RunRecord(output, files, current, courier, Clock.systemUTC());
  }

  private static int lastSave() {
    int last = RUN.size() - 1;
    while (!(RUN.get(last) instanceof Event.CheckpointSaved)) {
      last--;
    }
    return last;
  }
}
