package io.litoperator.worker.run;

import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings what a Pod leaves for people to a place that outlasts it, one thing after the other, on a
 * thread of its own: neither a slow store nor one that fails holds a run up or ends it, nor does a
 * heap that is too small for it; that is told.
 */
final class Courier implements AutoCloseable {
  private final Consumer<String> notices;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          task -> {
            Thread daemon = new Thread(task, "courier");
            daemon.setDaemon(true);
            return daemon;
          });
  private String trouble = "";

  /** Something to bring. */
  @FunctionalInterface
  interface Errand {
    /**
     * @throws Failure or IOException if it cannot be brought
     */
    void run() throws IOException;
  }

  /**
   * @param notices told in sentences, by any thread, what cannot be brought
   */
  Courier(Consumer<String> notices) {
    this.notices = notices;
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    thread.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
  }

  /** Does an errand after those before it. */
  void send(Errand errand) {
    thread.execute(() -> run(errand));
  }

  /**
   * Does an errand after those before it and a pause, unless the end comes before.
   *
   * @param pause asked for after those before it; none if it is not positive
   */
  void send(Supplier<Duration> pause, Errand errand) {
    thread.execute(
        () -> {
          long nanos = pause.get().toNanos();
          if (nanos > 0) {
            thread.schedule(() -> run(errand), nanos, TimeUnit.NANOSECONDS);
          } else {
            run(errand);
          }
        });
  }

  /** Reminds somebody of errands again and again, until the end. */
  void every(Duration pause, Runnable reminder) {
    thread.scheduleWithFixedDelay(
        reminder, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Waits for the errands that were given, but for those amid their pause, and does no more.
   *
   * @param patience longest wait
   */
  void finish(Duration patience) {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        notices.accept(
            "What lies beside the checkpoints for people (events, report, logs) could not be brought up to date within %d s; the Pod ends without."
                .formatted(patience.toSeconds()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run(Errand errand) {
    try {
      errand.run();
      trouble = "";
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      tell(e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /** Once for each trouble, and again after it was over. */
  private void tell(String sentence) {
    if (!sentence.equals(trouble)) {
      trouble = sentence;
      notices.accept(
          "Events, report or logs are not kept beside the checkpoints; the run goes on: "
              + sentence);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
