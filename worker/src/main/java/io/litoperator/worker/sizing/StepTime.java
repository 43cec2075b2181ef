package io.litoperator.worker.sizing;

import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import java.util.Arrays;

/**
 * Predicts a step's time from the rate at which a rank does a model's products.
 *
 * @param flopsPerSecond of one rank, sustained
 */
record StepTime(Workload work, double flopsPerSecond) {
  double seconds(Setting setting) {
    int samples = Math.max(1, work.globalBatch() / setting.ranks());
    int[] lengths = new int[samples];
    Arrays.fill(lengths, work.rows());
    ModelFlops flops = new ModelFlops(work.model(), work.trainable());
    double needed =
        flops.of(lengths, (long) samples * work.supervised(), (long) samples * work.views());
    return needed * (1 + again(setting.checkpointing()) / flops.languagePasses()) / flopsPerSecond;
  }

  /** How much of the forward pass is computed again. */
  private static double again(Checkpointing checkpointing) {
    return switch (checkpointing) {
      case NONE -> 0;
      case SELECTIVE -> 3 / 7.0;
      case FULL -> 1;
    };
  }
}
