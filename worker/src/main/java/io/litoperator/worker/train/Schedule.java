package io.litoperator.worker.train;

/**
 * Linear warm-up from zero, then half a cosine to zero: transformers' {@code
 * get_cosine_schedule_with_warmup}.
 *
 * @param warmupSteps first steps, over which the factor rises
 * @param totalSteps of the stage
 */
public record Schedule(long warmupSteps, long totalSteps) {

  /** With {@code ceil(ratio · total)} warm-up steps, as the references have it. */
  public static Schedule of(double warmupRatio, long totalSteps) {
    return new Schedule((long) Math.ceil(warmupRatio * totalSteps), totalSteps);
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
    return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
  }
}
