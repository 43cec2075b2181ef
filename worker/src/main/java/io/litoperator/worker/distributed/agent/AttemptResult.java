package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.report.RankFailure;
import java.util.Optional;

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
  record Failed(RankEnd cause, Node node, RankFailure failure, long step) implements AttemptResult {

    /**
     * @param rank that the cause is of
     */
    static Failed of(RankEnd cause, RankProcess rank, long step) {
      RankFailure failure =
          new RankFailure(
              cause.reason(),
              cause.sentence(),
              rank.exit().map(RankExit::status).orElse(cause.code().code()),
              cause.rank(),
              rank.node().identity().name(),
              "Its output is in %s.".formatted(rank.node().log(cause.rank())));
      return new Failed(cause, rank.node(), failure, step);
    }

    /** The same with the last lines of the rank's process, if that is gone. */
    Failed with(Optional<RankExit> exit) {
      String lastLines = exit.map(gone -> " Its last lines:\n" + gone.lastLines()).orElse("");
      return new Failed(
          cause,
          node,
          new RankFailure(
              failure.reason(),
              failure.message(),
              failure.exitCode(),
              failure.rank(),
              failure.node(),
              failure.evidence() + lastLines),
          step);
    }
  }
}
