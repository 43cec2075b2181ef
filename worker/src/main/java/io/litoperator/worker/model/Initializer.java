package io.litoperator.worker.model;

import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.Map;

/** Fills tensors with the values that a model starts from. */
public final class Initializer implements AutoCloseable {
  private final Program program = Program.load(Initializer.class, "Initializer", Map.of());
  private final long seed;

  /** The same seed gives the same values, tensor by tensor, whatever else is filled. */
  public Initializer(long seed) {
    this.seed = seed;
  }

  public void fill(Weight.Part part, Tensor tensor) {
    Torch.seed(seed * 1_000_003 + part.name().hashCode());
    Init init = part.init();
    if (init instanceof Init.Constant constant) {
      program.call("constant", tensor, constant.value());
    } else if (init instanceof Init.Normal normal) {
      program.call("normal", tensor, normal.deviation());
    } else if (init instanceof Init.TruncatedNormal normal) {
      program.call("truncated_normal", tensor, normal.deviation());
    } else if (init instanceof Init.Uniform uniform) {
      program.call("uniform", tensor, uniform.bound());
    }
  }

  @Override
  public void close() {
    program.close();
  }
}
