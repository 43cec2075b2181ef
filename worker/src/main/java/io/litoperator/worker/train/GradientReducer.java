package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Sums gradients over all ranks, a block as soon as it is complete, while the blocks before it are
 * still computed.
 */
final class GradientReducer {
  private final Gradients gradients;
  private final Collective ranks;
  private final Arithmetic arithmetic;
  private final List<Block> order;
  private final List<Collective.Handle> underWay = new ArrayList<>();
  private int released;

  GradientReducer(Gradients gradients, Collective ranks, Arithmetic arithmetic) {
    this.gradients = gradients;
    this.ranks = ranks;
    this.arithmetic = arithmetic;
    this.order = gradients.backwardOrder();
  }

  void start() {
    underWay.clear();
    released = 0;
  }

  /**
   * Starts to reduce a block. Every rank must reduce in the same order, so blocks before it that
   * this rank's samples did not reach go first.
   */
  void release(Block block) {
    int end = order.indexOf(block) + 1;
    while (released < end) {
      reduce(order.get(released++));
    }
  }

  private void reduce(Block block) {
    gradients.finish(block, arithmetic);
    Range range = gradients.range(block);
    try (Tensor values = gradients.flat().slice(range.start(), range.end())) {
      underWay.add(ranks.allReduce(values));
    }
  }

  /** Returns when all blocks are reduced. */
  void await() {
    if (!order.isEmpty()) {
      release(order.get(order.size() - 1));
    }
    underWay.forEach(Collective.Handle::await);
  }
}
