package io.litoperator.worker.model;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.Map;

/** Fills tensors with the values that a model starts from. */
public final class Initializer implements AutoCloseable {
  private final Program program = Program.load(Initializer.class, "Initializer", Map.of());
  private final long seed;

  /**
   * The same seed gives the same values on the same kind of device, tensor by tensor, whatever else
   * is filled; in fp32, which are then rounded.
   */
  public Initializer(long seed) {
    this.seed = seed;
  }

  /** Fills memory of one dimension; of a tensor in part, what the whole would have there. */
  public void fill(Slice slice, Tensor memory) {
    Weight.Part part = slice.part();
    Torch.seed(seed * 1_000_003 + part.name().hashCode());
    if (memory.dtype() == DType.FLOAT32 && slice.size() == part.size()) {
      draw(part, memory);
      return;
    }
    try (Tensor whole = Tensor.empty(DType.FLOAT32, part.size())) {
      draw(part, whole);
      try (Tensor drawn = whole.slice(slice.start(), slice.end())) {
        memory.copyFrom(drawn);
      }
    }
  }

  private void draw(Weight.Part part, Tensor tensor) {
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
