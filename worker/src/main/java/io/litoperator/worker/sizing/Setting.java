package io.litoperator.worker.sizing;

import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Sharding;

/**
 * How a stage's steps are divided and kept.
 *
 * @param microBatch samples that a rank computes at once
 */
public record Setting(Sharding sharding, Checkpointing checkpointing, int ranks, int microBatch) {
  Setting withMicroBatch(int other) {
    return new Setting(sharding, checkpointing, ranks, other);
  }
}
