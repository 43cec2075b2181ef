package io.litoperator.worker.model;

import io.litoperator.worker.torch.Tensor;
import java.util.List;

/** A segment that brings its derivative, so that autograd need not record it. */
public interface Differentiable extends Segment {
  /**
   * As {@link #forward}, and what {@link #backward} needs besides the input; the caller closes all.
   *
   * @param lean whether to leave out what is large and can be computed again from the rest
   * @return the output first
   */
  List<Tensor> record(Tensor x, List<Tensor> weights, boolean lean);

  /**
   * The gradient of {@code x}, which the caller closes.
   *
   * @param kept what {@link #record} returned after the output, lean or not
   * @param gradient of the output
   * @param gradients one for each weight and of its shape; empty if the block is frozen
   * @param accumulate whether to add to {@code gradients} instead of overwriting them
   */
  Tensor backward(
      Tensor x,
      List<Tensor> kept,
      Tensor gradient,
      List<Tensor> weights,
      List<Tensor> gradients,
      boolean accumulate);

  @Override
  default Tensor forward(Tensor x, List<Tensor> weights) {
    List<Tensor> all = record(x, weights, true);
    all.subList(1, all.size()).forEach(Tensor::close);
    return all.get(0);
  }
}
