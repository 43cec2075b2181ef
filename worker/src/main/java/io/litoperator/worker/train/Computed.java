package io.litoperator.worker.train;

/**
 * What a step's passes came to: of one rank, and, once summed, of all.
 *
 * @param views of pictures that went through the tower, which kept features spare
 */
record Computed(Losses losses, double views) {
  /** For a sum over the ranks, by {@link #ofArray}. */
  double[] toArray() {
    return new double[] {
      losses.instruction(),
      losses.answer(),
      losses.instructionTokens(),
      losses.answerTokens(),
      views
    };
  }

  static Computed ofArray(double[] sums) {
    return new Computed(new Losses(sums[0], sums[1], sums[2], sums[3]), sums[4]);
  }
}
