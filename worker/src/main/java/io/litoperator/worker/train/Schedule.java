package io.litoperator.worker.train;

import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.Optimizer;

/**
 * Linear warm-up from zero, then the rate's fall: transformers' {@code
 * get_cosine_schedule_with_warmup}, {@code get_linear_schedule_with_warmup} and {@code
 * get_constant_schedule_with_warmup}.
 *
 * @param warmupSteps first steps, over which the factor rises
 * @param totalSteps of the stage
 */
public record Schedule(Decay decay, long warmupSteps, long totalSteps) {

  /** With {@code ceil(ratio · total)} warm-up steps, as the references have it. */
  public static Schedule of(Optimizer optimizer, long totalSteps) {
    long warmupSteps = (long) Math.ceil(optimizer.warmupRatio() * totalSteps);
    return new Schedule(optimizer.schedule(), warmupSteps, totalSteps);
  }

  /**
   * Factor of the learning rate, 0 to 1.
   *
   * @param step from 0
   */
  public double factor(long step) {
    if (step < warmupSteps) {
      return (double) step / Math.max(1, warmupSteps);
    }
    double progress = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return switch (decay) {
      case COSINE -> Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
      case LINEAR -> Math.max(0, 1 - progress);
      case CONSTANT -> 1;
    };
  }
}
