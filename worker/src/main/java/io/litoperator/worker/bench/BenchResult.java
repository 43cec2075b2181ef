package io.litoperator.worker.bench;

import io.litoperator.worker.plan.StagePlan.Checkpointing;
import java.util.List;

/**
 * What was measured.
 *
 * @param secondsPerStep of the fastest step
 * @param median of the steps' seconds; of an even number, the upper one
 * @param tokensPerStep the decoder's rows over all ranks, none of them padding
 * @param firstLoss mean loss before any update
 * @param peakRssMiB most memory that was resident, summed over ranks
 */
public record BenchResult(
    double secondsPerStep,
    double median,
    long tokensPerStep,
    double tokensPerSecond,
    double firstLoss,
    long peakRssMiB,
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
      int threads) {}
}
