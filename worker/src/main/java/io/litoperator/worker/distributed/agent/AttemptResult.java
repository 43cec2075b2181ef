package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.report.RankFailure;

/** How an attempt went. No process of it is left. */
sealed interface AttemptResult {
  /** All ranks are done. */
  record Finished() implements AttemptResult {}

  /** All ranks ended as they were asked to, with a checkpoint saved. */
  record Stopped() implements AttemptResult {}

  /** The ranks were ended at once, as was asked. */
  record Aborted() implements AttemptResult {}

  /** A node is not there any more. */
  record NodeLost(NodeIdentity node) implements AttemptResult {}

  /**
   * @param failure the cause, for those who watch
   * @param node of the rank that failed
   * @param step the furthest that a rank came; -1 if none trained
   */
  record Failed(RankEnd cause, Node node, RankFailure failure, long step)
      implements AttemptResult {}
}
