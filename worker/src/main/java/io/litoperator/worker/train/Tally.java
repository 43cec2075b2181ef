package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.train.OptimizerStep.Wishes;
import java.util.List;

/**
 * What a step's micro-batches hold, known before they are computed: of one rank, and, once summed,
 * of all.
 *
 * @param tokens that are supervised
 * @param learnt micro-batches with a supervised token
 * @param rows tokens that the decoder computes, pictures' rows included
 * @param flops that the model needs, by {@link io.litoperator.worker.model.ModelFlops}
 * @param stops ranks that wish to stop
 * @param saves ranks that wish to save
 */
record Tally(
    double tokens,
    double learnt,
    double samples,
    double rows,
    double flops,
    double stops,
    double saves) {

  static Tally of(List<List<Sample>> microBatches, double rows, double flops, Wishes wishes) {
    double tokens = 0;
    double learnt = 0;
    double samples = 0;
    for (List<Sample> microBatch : microBatches) {
      int supervised = microBatch.stream().mapToInt(Sample::supervisedTokens).sum();
      tokens += supervised;
      learnt += supervised > 0 ? 1 : 0;
      samples += microBatch.size();
    }
    return new Tally(
        tokens, learnt, samples, rows, flops, wishes.stop() ? 1 : 0, wishes.save() ? 1 : 0);
  }

  /** For a sum over the ranks, by {@link #ofArray}. */
  double[] toArray() {
    return new double[] {tokens, learnt, samples, rows, flops, stops, saves};
  }

  static Tally ofArray(double[] sums) {
    return new Tally(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6]);
  }
}
