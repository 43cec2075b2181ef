package io.litoperator.worker.plan;

import java.time.Duration;
import java.util.OptionalInt;

/**
 * What is done when a rank dies or hangs.
 *
 * @param maxRestarts attempts after the first before the job fails
 * @param resetAfterSteps beyond all that had been taken by the last restart, after which restarts
 *     are counted anew; empty if they never are
 * @param inPlace whether ranks are started again within their Pods; otherwise the Pod of the rank
 *     that failed ends
 * @param hangTimeout longest time in which a rank that trains takes no step, or a checkpoint that
 *     is saved does not get on
 */
public record RecoveryPlan(
    int maxRestarts, OptionalInt resetAfterSteps, boolean inPlace, Duration hangTimeout) {
  /** What does not tell of every piece, such as reading annotations, takes less. */
  private static final Duration SHORTEST_SILENCE = Duration.ofMinutes(10);

  public RecoveryPlan(int maxRestarts, Duration hangTimeout) {
    this(maxRestarts, OptionalInt.empty(), true, hangTimeout);
  }

  /** Longest time in which nothing is told of work other than training and saving. */
  public Duration silence() {
    return hangTimeout.compareTo(SHORTEST_SILENCE) > 0 ? hangTimeout : SHORTEST_SILENCE;
  }
}
