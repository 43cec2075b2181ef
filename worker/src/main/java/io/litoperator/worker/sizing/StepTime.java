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
    double needed =
        new ModelFlops(work.model(), work.trainable())
            .of(lengths, (long) samples * work.supervised(), (long) samples * work.pictures());
    return needed * again(setting.checkpointing()) / flopsPerSecond;
  }

  /** What is computed twice, by what is needed: a third of a step is the forward pass. */
  private static double again(Checkpointing checkpointing) {
    return switch (checkpointing) {
      case NONE -> 1;
      case SELECTIVE -> 1 + 1 / 7.0;
      case FULL -> 1 + 1 / 3.0;
    };
  }
}
