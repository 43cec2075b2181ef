package io.litoperator.worker.model;

import io.litoperator.worker.torch.Tensor;
import java.util.List;

/** A piece of the model that is differentiated by itself: one block's computation. */
public interface Segment {
  Block block();

  /**
   * @param weights of the block, in the order of its program
   * @return a new tensor, which the caller closes
   */
  Tensor forward(Tensor x, List<Tensor> weights);
}
