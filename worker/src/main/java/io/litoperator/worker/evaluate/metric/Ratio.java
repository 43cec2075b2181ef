package io.litoperator.worker.evaluate.metric;

/** Shares of counts. */
final class Ratio {
  private Ratio() {}

  /** {@code part / whole}, and 0 of nothing, so that scores are always numbers. */
  static double of(double part, double whole) {
    return whole == 0 ? 0 : part / whole;
  }
}
