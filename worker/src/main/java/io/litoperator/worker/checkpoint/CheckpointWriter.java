package io.litoperator.worker.checkpoint;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Saves a rank's shares of checkpoints on a thread of its own while training goes on. One save is
 * under way at a time: a second waits for the first, so that every checkpoint asked for is written
 * and only one snapshot is held in memory. Used by one thread.
 */
public final class CheckpointWriter implements AutoCloseable {
  /** Waiting of which people are told. */
  private static final Duration LONG = Duration.ofSeconds(1);

  private final AttemptStore store;
  private final int keep;
  private final Function<List<KeptCheckpoint>, Set<CheckpointId>> others;
  private final Consumer<Saved> saved;
  private final Consumer<String> notices;
  private final Consumer<Optional<String>> underWay;
  private final LongSupplier nanoTime;
  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "checkpoint-writer"));
  private Optional<CompletableFuture<Void>> task = Optional.empty();
  private boolean hasToldOfWaiting;

  /**
   * @param keep newest checkpoints kept after each save
   * @param others which of the complete ones, given oldest first, are kept besides; asked after
   *     each save, on the first rank's writer's thread
   * @param saved told of each checkpoint that was written, on the first rank's writer's thread
   * @param notices told in a sentence of damaged checkpoints, on the first rank's writer's thread,
   *     and once, by its caller's thread, that training waited for a checkpoint to be written
   * @param underWay told, before the first and after the last access to where checkpoints are,
   *     which one is being saved, as people find it; empty when none is
   */
  public CheckpointWriter(
      AttemptStore store,
      int keep,
      Function<List<KeptCheckpoint>, Set<CheckpointId>> others,
      Consumer<Saved> saved,
      Consumer<String> notices,
      Consumer<Optional<String>> underWay) {
    this(store, keep, others, saved, notices, underWay, System::nanoTime);
  }

  CheckpointWriter(
      AttemptStore store,
      int keep,
      Function<List<KeptCheckpoint>, Set<CheckpointId>> others,
      Consumer<Saved> saved,
      Consumer<String> notices,
      Consumer<Optional<String>> underWay,
      LongSupplier nanoTime) {
    this.store = store;
    this.keep = keep;
    this.others = others;
    this.saved = saved;
    this.notices = notices;
    this.underWay = underWay;
    this.nanoTime = nanoTime;
  }

  /**
   * Waits for the save before, then makes ready for a checkpoint; every rank calls it, and returns
   * when its share can be submitted.
   *
   * @throws Failure if the save before this one failed, or this one cannot be begun
   */
  public void begin(CheckpointId id, Collective ranks) {
    long start = nanoTime.getAsLong();
    awaitIdle();
    Duration waited = Duration.ofNanos(nanoTime.getAsLong() - start);
    if (ranks.rank() == 0) {
      tellOfWaiting(id, waited);
      telling(id, () -> store.begin(id));
    }
    ranks.barrier();
  }

  private void tellOfWaiting(CheckpointId id, Duration waited) {
    if (!hasToldOfWaiting && waited.compareTo(LONG) >= 0) {
      hasToldOfWaiting = true;
      notices.accept(
          "Training waited %.1f s with checkpoint %s, since the one before was still being written or read again; with checkpoints.every further apart it would not."
              .formatted(waited.toNanos() * 1e-9, id));
    }
  }

  /** Starts what makes the first save quicker, on the same thread, and returns. */
  public void prepare(Runnable work) {
    awaitIdle();
    task = Optional.of(CompletableFuture.runAsync(work, thread));
  }

  /** Starts saving a share of what was begun, and returns. */
  public void submit(Snapshot snapshot) {
    task =
        Optional.of(
            CompletableFuture.runAsync(() -> telling(snapshot.id(), () -> save(snapshot)), thread));
  }

  private void telling(CheckpointId id, Runnable access) {
    underWay.accept(Optional.of(store.name(id)));
    try {
      access.run();
    } finally {
      underWay.accept(Optional.empty());
    }
  }

  private void save(Snapshot snapshot) {
    if (snapshot.share().isFirst()) {
      saved.accept(store.finish(snapshot));
      store.prune(keep, others.apply(store.complete()), notices);
    } else {
      store.add(snapshot);
    }
  }

  /** Whether what was under way has failed, which nobody has been told yet. */
  public boolean hasFailed() {
    return task.map(CompletableFuture::isCompletedExceptionally).orElse(false);
  }

  /**
   * Ends the save under way, which cannot be whole as some rank's share has failed.
   *
   * @throws Failure always: {@code STORAGE} if it failed here, {@code PEER_LOST} elsewhere
   */
  public void giveUp() {
    if (hasFailed()) {
      awaitIdle();
    }
    task = Optional.empty();
    thread.shutdownNow();
    throw new Failure(
        ExitCode.PEER_LOST, "Another rank could not save its share of a checkpoint; see its log.");
  }

  /**
   * Returns when nothing is under way.
   *
   * @throws Failure {@code STORAGE} if the save under way failed; told once
   */
  public void awaitIdle() {
    Optional<CompletableFuture<Void>> awaited = task;
    task = Optional.empty();
    awaited.ifPresent(CheckpointWriter::await);
  }

  private static void await(CompletableFuture<Void> save) {
    try {
      save.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(
          ExitCode.TERMINATED, "Interrupted while a checkpoint was being saved; run again.", e);
    }
  }

  /**
   * Waits for the save under way and ends the thread.
   *
   * @throws Failure as {@link #awaitIdle}
   */
  @Override
  public void close() {
    try {
      awaitIdle();
    } finally {
      thread.shutdown();
      awaitEnd();
    }
  }

  /** What it reads may be freed after this. */
  private void awaitEnd() {
    try {
      thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
