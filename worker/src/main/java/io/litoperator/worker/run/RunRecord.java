package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.html.HtmlReport;
import io.litoperator.worker.report.tensorboard.TensorBoard;
import io.litoperator.worker.report.tensorboard.TensorBoardChunks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Keeps beside the checkpoints what a job tells people, so that it outlasts the Pod: {@code
 * events.jsonl}, which the next Pod goes on with, the report made of it, and TensorBoard's files;
 * after each checkpoint, every five minutes, and at the end.
 *
 * <p>The report is made of all events anew, and in a bucket the events are written as a whole.
 * Where that takes long it is done less often, but for the end.
 */
final class RunRecord implements Listener {
  static final String EVENTS = "events.jsonl";
  private static final String REPORT = "report.html";
  private static final Duration INTERVAL = Duration.ofMinutes(5);

  /** What takes no longer is done every time. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  /** Before the next time passes so many times what the last took beyond that. */
  private static final int PAUSES = 20;

  private final Path output;
  private final JobFiles files;
  private final BooleanSupplier current;
  private final Courier courier;
  private final TensorBoardChunks chunks;
  private final TensorBoard tensorBoard;
  private final LongSupplier nanoTime;
  private final AtomicBoolean due = new AtomicBoolean();

  /** Known to the courier's thread, as is how much of the events is kept. */
  private long nextNanos;

  private long keptBytes;

  /**
   * @param output folder in which {@code events.jsonl} is written
   * @param current whether this Pod's attempt is the newest; an earlier one keeps nothing more
   */
  RunRecord(Path output, JobFiles files, BooleanSupplier current, Courier courier, Clock clock) {
    this(output, files, current, courier, clock, System::nanoTime);
  }

  RunRecord(
      Path output,
      JobFiles files,
      BooleanSupplier current,
      Courier courier,
      Clock clock,
      LongSupplier nanoTime) {
    this.output = output;
    this.files = files;
    this.current = current;
    this.courier = courier;
    this.nanoTime = nanoTime;
    nextNanos = nanoTime.getAsLong();
    chunks = new TensorBoardChunks(clock);
    tensorBoard = new TensorBoard(chunks, clock);
    courier.every(INTERVAL, this::keepSoon);
  }

  /**
   * Gives a new Pod the events of those before it; to be called before they are appended to.
   *
   * @throws Failure {@code STORAGE} if they cannot be read, or written here
   */
  static void restore(JobFiles files, Path output) {
    Path events = output.resolve(EVENTS);
    if (Files.exists(events)) {
      return;
    }
    Path unfinished = events.resolveSibling("." + EVENTS + ".unfinished");
    try {
      Files.createDirectories(output);
      if (files.fetch(EVENTS, unfinished)) {
        Files.move(unfinished, events, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be written: %s.".formatted(events, e.getMessage()), e);
    }
  }

  @Override
  public void on(Event event) {
    tensorBoard.on(event);
    if (event instanceof Event.CheckpointSaved
        || event instanceof Event.CheckpointScored
        || event instanceof Event.Restarted) {
      keepSoon();
    }
  }

  /** Has all that was told so far kept, once it is time. */
  private void keepSoon() {
    if (due.compareAndSet(false, true)) {
      courier.send(() -> Duration.ofNanos(nextNanos - nanoTime.getAsLong()), this::keep);
    }
  }

  /** Has all that was told kept, as nothing more will be. */
  void keepAll() {
    courier.send(this::keep);
  }

  private void keep() throws IOException {
    due.set(false);
    long start = nanoTime.getAsLong();
    try {
      if (current.getAsBoolean()) {
        keepNew();
      }
    } finally {
      long end = nanoTime.getAsLong();
      nextNanos = end + PAUSES * Math.max(0, end - start - SHORT.toNanos());
    }
  }

  private void keepNew() throws IOException {
    for (Map.Entry<String, byte[]> chunk : chunks.files().entrySet()) {
      files.write("tensorboard/" + chunk.getKey(), chunk.getValue());
      chunks.taken(chunk.getKey());
    }
    Path events = output.resolve(EVENTS);
    long length = EventLog.length(events);
    if (length == keptBytes) {
      return;
    }
    files.follow(events, EVENTS, keptBytes, length);
    RunHistory history = RunHistory.read(events);
    if (!history.runs().isEmpty()) {
      Path report = output.resolve(REPORT);
      HtmlReport.write(report, history);
      files.write(REPORT, Files.readAllBytes(report));
    }
    keptBytes = length;
  }
}
