package io.litoperator.worker.model;

import java.util.Arrays;
import java.util.List;

/**
 * One tensor as a program takes it: the rows of one or more named tensors, one below the other (q,
 * k and v are one matrix product, gate and up of a gated MLP another).
 */
public record Weight(List<Part> parts) {
  public Weight {
    parts = List.copyOf(parts);
  }

  static Weight of(String name, Init init, long... shape) {
    return new Weight(List.of(new Part(name, init, shape)));
  }

  static Weight stacked(Part... parts) {
    return new Weight(List.of(parts));
  }

  /** Shape of all parts together. */
  public long[] shape() {
    long[] shape = parts.get(0).shape().clone();
    if (parts.size() > 1) {
      shape[0] = parts.stream().mapToLong(p -> p.shape()[0]).sum();
    }
    return shape;
  }

  public long size() {
    return parts.stream().mapToLong(Part::size).sum();
  }

  /** Whether rows are multiplied by it, and not scaled or shifted. */
  public boolean isMatrix() {
    return shape().length == 2;
  }

  /**
   * Whether weight decay draws it to zero, as it does all but norms and biases: the names are what
   * transformers' Trainer tells them by.
   */
  public boolean decays() {
    return parts.stream().noneMatch(p -> p.name().endsWith("bias") || p.name().contains("norm"));
  }

  /** Whether it is the pair of a gated MLP. */
  boolean isGateAndUp() {
    return parts.size() == 2;
  }

  /**
   * A tensor as it is named in checkpoints.
   *
   * @param name in llava-hf's spelling
   */
  public record Part(String name, Init init, long... shape) {
    public long size() {
      return Arrays.stream(shape).reduce(1, Math::multiplyExact);
    }
  }
}
