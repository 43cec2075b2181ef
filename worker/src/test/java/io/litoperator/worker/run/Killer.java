package io.litoperator.worker.run;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Kills a rank, any of them, at each of several moments that follow each other; the next is waited
 * for once the ranks are started anew, so that no two fall into one attempt.
 */
final class Killer implements Listener, AutoCloseable {
  private final Queue<Moment> moments;
  private final Path checkpoints;
  private final Random random;
  private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
  private boolean killing;

  /**
   * @param after an event
   * @param withinMillis the kill follows at random within this time, at once if 0
   * @param inSave whether to wait until a checkpoint is being written
   */
  record Moment(Predicate<Event> after, int withinMillis, boolean inSave) {
    static Moment at(Predicate<Event> event) {
      return new Moment(event, 0, false);
    }

    static Moment soonAfter(Predicate<Event> event, int millis) {
      return new Moment(event, millis, false);
    }

    static Moment inSaveAfter(Predicate<Event> event) {
      return new Moment(event, 0, true);
    }
  }

  /**
   * @param checkpoints folder in which they appear
   */
  Killer(List<Moment> moments, Path checkpoints, long seed) {
    this.moments = new ArrayDeque<>(moments);
    this.checkpoints = checkpoints;
    this.random = new Random(seed);
  }

  @Override
  public void on(Event event) {
    if (event instanceof Event.Restarted) {
      killing = false;
    }
    if (!killing && !moments.isEmpty() && moments.peek().after().test(event)) {
      killing = true;
      Moment moment = moments.remove();
      if (moment.inSave()) {
        thread.execute(this::killInSave);
      } else if (moment.withinMillis() > 0) {
        int millis = random.nextInt(moment.withinMillis());
        thread.schedule(this::kill, millis, TimeUnit.MILLISECONDS);
      } else {
        kill();
      }
    }
  }

  private void killInSave() {
    RankProcesses.await(this::unfinished, "no save");
    kill();
  }

  private List<Path> unfinished() {
    try (Stream<Path> entries = Files.list(checkpoints)) {
      return entries.filter(entry -> entry.toString().endsWith(".partial")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void kill() {
    RankProcesses.ofThisProcess().any(random).destroyForcibly();
  }

  /** Moments that have not come. */
  int left() {
    return moments.size();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
