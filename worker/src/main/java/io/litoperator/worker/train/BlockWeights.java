package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.torch.Tensor;
import java.util.List;

/** The weights that a step computes with, block by block, and this rank's part of them. */
interface BlockWeights extends AutoCloseable {
  /** A block's weights in the order of its program, as leaves of autograd if they train. */
  List<Tensor> of(Block block);

  /** Whether what {@link #of} gave is there for a whole pass, not only until the next block. */
  boolean stay();

  /**
   * Goes on to where a pass completes a block's gradient, if it is not there, so that ranks whose
   * samples differ do the same in the same order.
   */
  void reach(Block block);

  /** A micro-batch's forward and backward pass, or what this rank did of it, is over. */
  void endPass();

  /** What the optimizer updates: this rank's part of a block; the caller closes the view. */
  Tensor part(Block block);

  /** This rank's part has been updated: the others are to have it. */
  void updated(Block block);

  /** Returns when every rank has what was updated. */
  void settle();

  /** A whole block; every rank calls it, and closes the result. */
  Tensor gather(Block block);

  /** Makes the model whole on every rank, until {@link #divide}; they all call it. */
  void restore();

  /** Training goes on, with the weights as they were before {@link #restore}. */
  void divide();

  @Override
  void close();
}
