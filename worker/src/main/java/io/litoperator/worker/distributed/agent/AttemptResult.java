package io.litoperator.worker.distributed.agent;

/** How an attempt went. No process of it is left. */
sealed interface AttemptResult {
  /** All ranks are done. */
  record Finished() implements AttemptResult {}

  /** All ranks ended as they were asked to, with a checkpoint saved. */
  record Stopped() implements AttemptResult {}

  /** The ranks were ended at once, as was asked. */
  record Aborted() implements AttemptResult {}

  /**
   * @param step the furthest that a rank came; -1 if none trained
   */
  record Failed(RankEnd cause, long step) implements AttemptResult {}
}
