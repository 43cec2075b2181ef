package io.litoperator.worker.train;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.Packed;
import io.litoperator.worker.train.OptimizerStep.Wishes;
import java.util.Arrays;
import java.util.List;

/**
 * What a step's micro-batches hold, known before they are computed: of one rank, and, once summed,
 * of all.
 *
 * @param tokens that are supervised
 * @param learnt micro-batches with a supervised token
 * @param rows tokens that the decoder computes, pictures' rows included
 * @param flops that the model needs, by {@link ModelFlops}, without the tower
 * @param stops ranks that wish to stop
 * @param saves ranks that wish to save
 * @param failedSaves ranks that could not save
 */
record Tally(
    double tokens,
    double learnt,
    double samples,
    double rows,
    double flops,
    double stops,
    double saves,
    double failedSaves) {

  /** Of one rank. */
  static Tally of(List<List<Sample>> microBatches, ModelFlops flops, Wishes wishes) {
    List<Sample> samples = microBatches.stream().flatMap(List::stream).toList();
    int[] lengths =
        samples.stream()
            .mapToInt(sample -> Packed.expandedLength(sample, flops.config()::imageTokens))
            .toArray();
    long tokens = supervised(samples);
    long views =
        samples.stream().flatMap(s -> s.pictures().stream()).mapToLong(Pixels::views).sum();
    return new Tally(
        tokens,
        microBatches.stream().filter(microBatch -> supervised(microBatch) > 0).count(),
        samples.size(),
        Arrays.stream(lengths).sum(),
        flops.withoutTower(lengths, tokens, views),
        wishes.stop() ? 1 : 0,
        wishes.save() ? 1 : 0,
        wishes.saveFailed() ? 1 : 0);
  }

  /** Tokens of one rank's samples that are supervised. */
  static long supervised(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::supervisedTokens).sum();
  }

  /** For a sum over the ranks, by {@link #ofArray}. */
  double[] toArray() {
    return new double[] {tokens, learnt, samples, rows, flops, stops, saves, failedSaves};
  }

  static Tally ofArray(double[] sums) {
    return new Tally(sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]);
  }
}
