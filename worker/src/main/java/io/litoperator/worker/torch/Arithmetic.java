package io.litoperator.worker.torch;

import java.util.List;
import java.util.Map;

/** Operations on whole tensors, in place where nothing is returned. */
public final class Arithmetic implements AutoCloseable {
  private static final long BITS_SUMMED = 1L << 20;

  private final Program program = Program.load(Arithmetic.class, "Arithmetic", Map.of());

  public void zero(Tensor x) {
    program.call("zero", x);
  }

  public void add(Tensor into, Tensor x) {
    program.call("add", into, x);
  }

  /** Euclidean norms, in fp32, of each of some parts; at least one. */
  public Tensor norms(List<Tensor> parts) {
    return program.tensor("norms", parts);
  }

  /**
   * Sums of the elements' bits, taken as integers, of a million elements each: what two flat
   * tensors are compared by without moving them.
   */
  public long[] bitSums(Tensor flat) {
    try (Tensor sums = program.tensor("bit_sums", flat, BITS_SUMMED)) {
      return sums.toLongs();
    }
  }

  /** Index of each row's greatest element; the first of equals. */
  public long[] greatest(Tensor rows) {
    try (Tensor indices = program.tensor("greatest", rows)) {
      return indices.toLongs();
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
