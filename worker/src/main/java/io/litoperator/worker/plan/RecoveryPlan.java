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
  public RecoveryPlan(int maxRestarts, Duration hangTimeout) {
    this(maxRestarts, OptionalInt.empty(), true, hangTimeout);
  }
}
