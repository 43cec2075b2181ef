package io.litoperator.worker.report;

/** How a run's processes are, as their supervisor sees it; the work itself is in {@link Event}. */
public sealed interface GangEvent {
  /**
   * Agents have come or gone.
   *
   * @param nodes whose agents are there
   */
  record Gathered(int nodes) implements GangEvent {}

  /**
   * An attempt begins.
   *
   * @param resume the checkpoint's {@code stage-step}, or null for the beginning
   */
  record AttemptStarted(int attempt, String resume) implements GangEvent {}

  /** The ranks have been asked to save a checkpoint and end. */
  record Stopping() implements GangEvent {}

  /**
   * An attempt has failed.
   *
   * @param restarts whether its ranks are started again in place
   */
  record Failed(RankFailure failure, boolean restarts) implements GangEvent {}

  /** Receives them, in order, one at a time; must not block. */
  @FunctionalInterface
  interface Watcher {
    void on(GangEvent event);
  }
}
