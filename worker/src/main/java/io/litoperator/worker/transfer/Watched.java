package io.litoperator.worker.transfer;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Waits for work on files as long as it gets on, however slowly, but not for a file system that
 * does not answer any more. It is to be told what moves.
 */
public final class Watched implements Progress {
  private static final long LOOK_MILLIS = 100;

  private final Duration patience;
  private final Progress further;
  private final LongSupplier nanoTime;
  private volatile long movedNanos;
  private volatile String last;

  /**
   * @param patience with work of which nothing moves
   * @param further told the same
   */
  public Watched(Duration patience, Progress further) {
    this(patience, further, System::nanoTime);
  }

  Watched(Duration patience, Progress further, LongSupplier nanoTime) {
    this.patience = patience;
    this.further = further;
    this.nanoTime = nanoTime;
  }

  @Override
  public void on(String what, long done, long total) {
    movedNanos = nanoTime.getAsLong();
    last = what;
    further.on(what, done, total);
  }

  /**
   * Does work on a thread of its own; one piece at a time.
   *
   * @param what for people: the work, and where
   * @throws Failure the work's own; {@code HANG} if it does not get on: its thread is left behind,
   *     and with it whatever it holds, so that this process had better end
   */
  public <T> T call(String what, Supplier<T> work) {
    movedNanos = nanoTime.getAsLong();
    last = "nothing";
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread thread = new Thread(() -> complete(result, work), "watched-files");
    thread.setDaemon(true);
    thread.start();
    while (true) {
      try {
        return result.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        requireMoving(what);
      } catch (ExecutionException e) {
        throw Failure.of(e.getCause());
      } catch (InterruptedException e) {
        throw new Failure(ExitCode.TERMINATED, what + " was interrupted.", e);
      }
    }
  }

  /** As {@link #call}, of work without a result. */
  public void run(String what, Runnable work) {
    call(
        what,
        () -> {
          work.run();
          return null;
        });
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> work) {
    try {
      result.complete(work.get());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private void requireMoving(String what) {
    Duration still = Duration.ofNanos(nanoTime.getAsLong() - movedNanos);
    if (still.compareTo(patience) > 0) {
      throw new Failure(
          ExitCode.HANG,
          "%s has got no further since %s, for %s s; the last that it told was %s."
              .formatted(
                  what,
                  Instant.now().minus(still).truncatedTo(ChronoUnit.SECONDS),
                  patience.toMillis() / 1e3,
                  last));
    }
  }
}
