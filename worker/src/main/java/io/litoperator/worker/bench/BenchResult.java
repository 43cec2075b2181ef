package io.litoperator.worker.bench;

import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import java.util.List;

/**
 * What was measured.
 *
 * @param secondsPerStep of the fastest step
 * @param median of the steps' seconds; of an even number, the upper one
 * @param tokensPerStep the decoder's rows over all ranks, none of them padding
 * @param firstLoss mean loss before any update
 * @param peakRssMiB most memory that was resident, summed over ranks
 * @param peakDeviceMiB most memory of GPUs that was taken, CUDA's own included, summed over ranks
 * @param flopsPerSecond of the median step, over all ranks, as {@link
 *     io.litoperator.worker.model.ModelFlops} counts
 * @param modelFlopsUtilization that as a part of the GPUs' dense bf16 rate; null if not known
 */
public record BenchResult(
    double secondsPerStep,
    double median,
    long tokensPerStep,
    double tokensPerSecond,
    double firstLoss,
    long peakRssMiB,
    long peakDeviceMiB,
    double flopsPerSecond,
    Double modelFlopsUtilization,
    Shapes shapes) {

  /**
   * @param micro sequences of a micro-batch
   * @param text text tokens of each
   */
  public record Shapes(
      int micro,
      int imageTokens,
      List<Integer> text,
      Checkpointing checkpointing,
      int ranks,
      int threads,
      Precision precision) {}
}
