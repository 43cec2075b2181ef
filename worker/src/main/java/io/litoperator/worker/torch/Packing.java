package io.litoperator.worker.torch;

import java.util.Map;

/**
 * Matrices in the order in which oneDNN's kernels read them. Products with such weights are several
 * times as fast as MKL's where rows are few, and on AMD's processors always; only programs that
 * call {@code Product} take them.
 */
public final class Packing implements AutoCloseable {
  /** As of a batch that is continued; products with more rows are no slower for it. */
  private static final long ROWS = 8;

  private final Program program = Program.load(Packing.class, "Packing", Map.of());

  /** Whether this libtorch packs: those for GPUs' and some processors' have no such kernels. */
  static boolean works() {
    try (Packing packing = new Packing();
        Tensor matrix = Tensor.zeros(DType.FLOAT32, ROWS, ROWS)) {
      packing.pack(matrix).close();
      return true;
    } catch (RuntimeException e) { // the operator is missing, which is the answer
      return false;
    }
  }

  /** A copy of an fp32 matrix (out, in), of which nothing can be read. */
  public Tensor pack(Tensor matrix) {
    return program.tensor("pack", matrix, ROWS);
  }

  @Override
  public void close() {
    program.close();
  }
}
