package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums gradients over all ranks, a block as soon as it is complete, while the blocks before it are
 * still computed.
 */
final class GradientReducer {
  /** Elements that one host buffer can span. */
  private static final long PIECE = 1L << 28;

  private final Gradients gradients;
  private final Collective ranks;
  private final Arithmetic arithmetic;
  private final List<Block> order;
  private final Map<Block, List<FloatBuffer>> memory = new HashMap<>();
  private final List<Collective.Handle> underWay = new ArrayList<>();
  private int released;

  GradientReducer(Gradients gradients, Collective ranks, Arithmetic arithmetic) {
    this.gradients = gradients;
    this.ranks = ranks;
    this.arithmetic = arithmetic;
    this.order = gradients.backwardOrder();
    for (Block block : order) {
      memory.put(block, buffers(gradients.range(block)));
    }
  }

  private List<FloatBuffer> buffers(Range range) {
    List<FloatBuffer> buffers = new ArrayList<>();
    for (long start = range.start(); start < range.end(); start += PIECE) {
      try (Tensor piece = gradients.flat().slice(start, Math.min(range.end(), start + PIECE))) {
        buffers.add(piece.floats());
      }
    }
    return buffers;
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
    memory.get(block).forEach(buffer -> underWay.add(ranks.allReduce(buffer.duplicate())));
  }

  /** Returns when all blocks are reduced. */
  void await() {
    if (!order.isEmpty()) {
      release(order.get(order.size() - 1));
    }
    underWay.forEach(Collective.Handle::await);
  }
}
