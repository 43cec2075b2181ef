package io.litoperator.worker.plan;

/**
 * Low-rank adapters, which train in place of the language model: beside each matrix W of its layers
 * {@code alpha / rank · B A}.
 *
 * @param dropout probability with which an element of an adapter's input is dropped; the rest is
 *     scaled up
 * @param seed of initialisation and dropout
 */
public record LoraPlan(int rank, double alpha, double dropout, long seed) {
  public LoraPlan withSeed(long other) {
    return new LoraPlan(rank, alpha, dropout, other);
  }

  /** Factor of the product of an adapter's two matrices. */
  public double scale() {
    return alpha / rank;
  }
}
