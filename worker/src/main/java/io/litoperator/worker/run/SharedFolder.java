package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.AttemptFile;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;

/**
 * A job's checkpoint folder as a node other than the coordinator's sees it. All nodes' ranks read
 * checkpoints from it and write their shares of new ones; the first rank publishes them.
 */
record SharedFolder(CheckpointStore store, Duration patience) {
  /** Network file systems may show a change this much later. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration INTERVAL = Duration.ofMillis(50);

  SharedFolder(CheckpointStore store) {
    this(store, PATIENCE);
  }

  /**
   * Returns when the coordinator's claim of an attempt, which it wrote just before, is visible
   * here.
   *
   * @throws Failure {@code INVALID} if it does not become so
   */
  void requireAttempt(int attempt) {
    AttemptFile file = store.attempts();
    long start = System.nanoTime();
    while (file.read().filter(claim -> claim.attempt() >= attempt).isEmpty()) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new Failure(
            ExitCode.INVALID,
            ("spec.checkpoints.destination: this node does not see what the first one writes to"
                    + " %s; with several nodes, give a pvc:// claim that all of them can mount.")
                .formatted(store.name()));
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(INTERVAL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.TERMINATED, "Interrupted while looking for a claim.", e);
    }
  }
}
