package io.litoperator.worker.train;

import io.litoperator.worker.train.OptimizerStep.Wishes;

/**
 * What a step's micro-batches came to: on one rank, and, once summed, on all.
 *
 * @param learnt micro-batches with a supervised token
 * @param rows tokens that the decoder computed, pictures' rows included
 * @param stops ranks that wish to stop
 * @param saves ranks that wish to save
 */
record Tally(
    Losses losses, double learnt, double samples, double rows, double stops, double saves) {

  static Tally of(Losses losses, int learnt, int samples, int rows, Wishes wishes) {
    return new Tally(losses, learnt, samples, rows, wishes.stop() ? 1 : 0, wishes.save() ? 1 : 0);
  }

  /** For a sum over the ranks, by {@link #ofArray}. */
  double[] toArray() {
    return new double[] {
      losses.instruction(),
      losses.answer(),
      losses.instructionTokens(),
      losses.answerTokens(),
      learnt,
      samples,
      rows,
      stops,
      saves
    };
  }

  static Tally ofArray(double[] sums) {
    return new Tally(
        new Losses(sums[0], sums[1], sums[2], sums[3]),
        sums[4],
        sums[5],
        sums[6],
        sums[7],
        sums[8]);
  }
}
