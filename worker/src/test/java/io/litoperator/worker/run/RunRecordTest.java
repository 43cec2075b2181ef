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
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
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
      tell(first, log, record);
      drain(courier);

      assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(first);
    }
  }

  @Test
  void theNextPodGoesOnWithOneCurve() {
    int replaced = lastSave() - 10;
    run("pod-1", RUN.subList(0, replaced));
    run("pod-2", RUN.subList(replaced, RUN.size()));

    List<Event> all = EventLog.read(kept.resolve("events.jsonl"));
    assertThat(all).isEqualTo(RUN);
    assertThat(RunHistory.of(all).runs())
        .singleElement()
        .satisfies(run -> assertThat(run.stages().get(1).steps()).hasSize(350));
  }

  @Test
  void whatAPodThatIsKilledTakesAlongIsToldAgain() throws Exception {
    int restart = indexOf(Event.Restarted.class);
    Path output = folder.resolve("pod-1");
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      tell(RUN.subList(0, restart + 1), log, record);
      drain(courier);
      tell(RUN.subList(restart + 1, restart + 30), log, record);
    }
    run("pod-2", RUN.subList(restart + 1, RUN.size()));

    assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(RUN);
  }

  @Test
  void whatIsNotNewIsNotWrittenAgain() throws Exception {
    Path output = folder.resolve("pod-1");
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      tell(RUN, log, record);
      record.keepAll();
      drain(courier);
      List<Object> written = List.of(written("events.jsonl"), written("report.html"));

      record.keepAll();
      courier.finish(LONG);

      assertThat(List.of(written("events.jsonl"), written("report.html"))).isEqualTo(written);
    }
  }

  @Test
  void whatIsNewIsAppended() throws Exception {
    Path output = folder.resolve("pod-1");
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      keep(RUN.subList(0, 100), log, record, courier);
      Object written = written("events.jsonl");

      keep(RUN.subList(100, RUN.size()), log, record, courier);

      assertThat(written("events.jsonl")).isEqualTo(written);
      assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(RUN);
      assertThat(told).isEmpty();
    }
  }

  /** As after a disk that was full, or an earlier Pod that did not know it was one. */
  @Test
  void whatIsKeptAndIsNotWhatWasLeftIsWrittenAnew() throws Exception {
    Path output = folder.resolve("pod-1");
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      keep(RUN.subList(0, 100), log, record, courier);
      Files.writeString(kept.resolve("events.jsonl"), "{\"event\":\"st", StandardOpenOption.APPEND);

      keep(RUN.subList(100, RUN.size()), log, record, courier);

      assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(RUN);
    }
  }

  /** Which may be taken back, when there is no room for the rest of it. */
  @Test
  void noPartOfALineIsKept() throws Exception {
    Path output = folder.resolve("pod-1");
    Path events = output.resolve("events.jsonl");
    try (EventLog log = EventLog.append(events, told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = record(output, () -> true, courier);
      tell(RUN, log, record);
      long whole = Files.size(events);
      Files.writeString(events, "{\"event\":\"st", StandardOpenOption.APPEND);

      record.keepAll();
      drain(courier);

      assertThat(kept.resolve("events.jsonl")).hasSize(whole);
    }
  }

  private static void keep(List<Event> events, EventLog log, RunRecord record, Courier courier)
      throws InterruptedException {
    tell(events, log, record);
    record.keepAll();
    drain(courier);
  }

  /** A file that is replaced is another. */
  private Object written(String file) throws IOException {
    return Files.readAttributes(kept.resolve(file), BasicFileAttributes.class).fileKey();
  }

  @Test
  void aWritingThatTakesLongIsNotSoonFollowedByAnother() throws Exception {
    Path output = folder.resolve("pod-1");
    AtomicLong now = new AtomicLong();
    BooleanSupplier slow = () -> now.addAndGet(Duration.ofSeconds(4).toNanos()) > 0;
    int restart = indexOf(Event.Restarted.class);
    List<Event> first = RUN.subList(0, restart + 1);
    Event again = RUN.get(restart);
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = new RunRecord(output, files, slow, courier, Clock.systemUTC(), now::get);
      tell(first, log, record);
      drain(courier);
      now.addAndGet(Duration.ofSeconds(2).toNanos());
      tell(List.of(again), log, record);
      drain(courier);
      assertThat(EventLog.read(kept.resolve("events.jsonl"))).isEqualTo(first);

      record.keepAll();
      courier.finish(LONG);

      assertThat(EventLog.read(kept.resolve("events.jsonl")))
          .hasSize(first.size() + 1)
          .endsWith(again);
      assertThat(told).isEmpty();
    }
  }

  @Test
  void whatHasToWaitIsKeptThen() throws Exception {
    Path output = folder.resolve("pod-1");
    AtomicLong now = new AtomicLong();
    BooleanSupplier slow = () -> now.addAndGet(Duration.ofMillis(1001).toNanos()) > 0;
    int restart = indexOf(Event.Restarted.class);
    try (EventLog log = EventLog.append(output.resolve("events.jsonl"), told::add);
        Courier courier = new Courier(told::add)) {
      RunRecord record = new RunRecord(output, files, slow, courier, Clock.systemUTC(), now::get);
      tell(RUN.subList(0, restart + 1), log, record);
      drain(courier);
      tell(RUN.subList(restart, restart + 1), log, record);

      while (EventLog.read(kept.resolve("events.jsonl")).size() < restart + 2) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void aPodWhosePlaceAnotherHasTakenKeepsNothing() {
    try (Courier courier = new Courier(told::add)) {
      record(folder.resolve("pod-1"), () -> false, courier).keepAll();
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
      tell(events, log, record);
      record.keepAll();
      courier.finish(LONG);
    }
  }

  private static void tell(List<Event> events, EventLog log, RunRecord record) {
    for (Event event : events) {
      log.on(event);
      record.on(event);
    }
  }

  /** Waits until all errands are done that do not wait for a time. */
  private static void drain(Courier courier) throws InterruptedException {
    CountDownLatch brought = new CountDownLatch(1);
    courier.send(brought::countDown);
    brought.await();
  }

  private RunRecord record(Path output, BooleanSupplier current, Courier courier) {
    return new RunRecord(output, files, current, courier, Clock.systemUTC());
  }

  private static int indexOf(Class<? extends Event> type) {
    return IntStream.range(0, RUN.size())
        .filter(i -> type.isInstance(RUN.get(i)))
        .findFirst()
        .orElseThrow();
  }

  private static int lastSave() {
    int last = RUN.size() - 1;
    while (!(RUN.get(last) instanceof Event.CheckpointSaved)) {
      last--;
    }
    return last;
  }
}
