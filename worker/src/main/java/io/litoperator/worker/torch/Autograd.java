package io.litoperator.worker.torch;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Derivatives of single pieces of a model, with gradients going into buffers of the caller. */
public final class Autograd implements AutoCloseable {
  private final Program program = Program.load(Autograd.class, "Autograd", Map.of());

  /** Computes with this thread's operations recorded for {@link #backward}. */
  public static Tensor recording(Supplier<Tensor> computation) {
    Torch.gradMode(true);
    try {
      return computation.get();
    } finally {
      Torch.gradMode(false);
    }
  }

  /**
   * The gradient of {@code x}, given that of {@code y}; empty if {@code y} does not depend on it.
   *
   * @param x a leaf that {@code y} was computed from
   * @param weights leaves that {@code y} was computed from; empty if frozen
   * @param gradients one for each weight and of its shape
   * @param accumulate whether to add to {@code gradients} instead of overwriting them
   */
  public Tensor backward(
      Tensor y,
      Tensor yGradient,
      Tensor x,
      List<Tensor> weights,
      List<Tensor> gradients,
      boolean accumulate) {
    return program.tensor("backward", y, yGradient, x, weights, gradients, accumulate);
  }

  @Override
  public void close() {
    program.close();
  }
}
