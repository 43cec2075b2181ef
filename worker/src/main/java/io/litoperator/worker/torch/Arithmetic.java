package io.litoperator.worker.torch;

import java.util.List;
import java.util.Map;

/** Operations on whole tensors, in place where nothing is returned. */
public final class Arithmetic implements AutoCloseable {
  private final Program program = Program.load(Arithmetic.class, "Arithmetic", Map.of());

  public void zero(Tensor x) {
    program.call("zero", x);
  }

  public void fill(Tensor x, double value) {
    program.call("fill", x, value);
  }

  public void scale(Tensor x, double factor) {
    program.call("scale", x, factor);
  }

  public void copy(Tensor into, Tensor x) {
    program.call("copy", into, x);
  }

  /** Euclidean norm of all elements of all parts, summed up in double precision. */
  public double norm(List<Tensor> parts) {
    if (parts.isEmpty()) {
      return 0;
    }
    try (Tensor norms = program.tensor("norms", parts)) {
      double squares = 0;
      for (float norm : norms.toFloats()) {
        squares += (double) norm * norm;
      }
      return Math.sqrt(squares);
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
