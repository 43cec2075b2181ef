package io.litoperator.worker.plan;

import java.time.Duration;

/**
 * What is done when a rank dies or hangs.
 *
 * @param maxRestarts attempts after the first before the job fails
 * @param hangTimeout oldest heartbeat of a rank that is neither saving, evaluating nor waiting
 */
public record RecoveryPlan(int maxRestarts, Duration hangTimeout) {}
