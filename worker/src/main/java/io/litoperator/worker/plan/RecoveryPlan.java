package io.litoperator.worker.plan;

import java.time.Duration;

/**
 * What is done when a rank dies or hangs.
 *
 * @param maxRestarts attempts after the first before the job fails
 * @param inPlace whether ranks are started again within their Pods; otherwise the Pod of the rank
 *     that failed ends
 * @param hangTimeout oldest heartbeat of a rank that is neither saving, evaluating nor waiting
 */
public record RecoveryPlan(int maxRestarts, boolean inPlace, Duration hangTimeout) {
  public RecoveryPlan(int maxRestarts, Duration hangTimeout) {
    this(maxRestarts, true, hangTimeout);
  }
}
