package io.litoperator.worker.model;

/** How a tensor starts when there are no weights to load. */
public sealed interface Init {
  Init ONES = new Constant(1);
  Init ZEROS = new Constant(0);

  static Init normal(double deviation) {
    return new Normal(deviation);
  }

  record Constant(double value) implements Init {}

  /** N(0, deviation²). */
  record Normal(double deviation) implements Init {}

  /** Normal, cut at two deviations and scaled so that {@code deviation} is what remains. */
  record TruncatedNormal(double deviation) implements Init {}

  /** Even over [-bound, bound]. */
  record Uniform(double bound) implements Init {}
}
