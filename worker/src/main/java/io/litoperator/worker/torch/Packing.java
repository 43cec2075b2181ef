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

  /** Bytes. */
  private static final long PAGE = 4096;

  /** Rows: oneDNN takes as many at a time. */
  private static final long PADDING = 64;

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

  /**
   * As {@link #pack}; of a matrix whose products have rows of whole pages, with some rows more,
   * which are zero. Without them such rows lie at the same places of the processor's caches.
   */
  public Tensor packPadded(Tensor matrix) {
    long bytes = matrix.shape()[0] * DType.FLOAT32.bytes();
    return bytes % PAGE == 0 ? program.tensor("pack_padded", matrix, ROWS, PADDING) : pack(matrix);
  }

  @Override
  public void close() {
    program.close();
  }
}
