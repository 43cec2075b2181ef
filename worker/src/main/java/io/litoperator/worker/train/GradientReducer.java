package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Sums gradients over all ranks, a piece as soon as it is complete, while those before it are still
 * computed; each rank gets the part of the sum that it updates.
 */
final class GradientReducer implements AutoCloseable {
  /** Pieces on their way whose memory is wanted back: while one is summed, the next computes. */
  private static final int MOST_UNDER_WAY = 2;

  private final StepClock clock;
  private final BlockWeights weights;
  private final Gradients gradients;
  private final Collective ranks;
  private final Shard shard;
  private final Optional<ShardBuffer> sums;
  private final boolean frees;
  private final List<Piece> order;
  private final Deque<Reduction> underWay = new ArrayDeque<>();
  private final Arithmetic arithmetic;
  private Optional<BiConsumer<Piece, Tensor>> whenSummed = Optional.empty();
  private int released;
  private boolean first;
  private boolean last;

  private record Reduction(Piece piece, Collective.Handle handle) {}

  /**
   * @param shard that this rank updates
   * @param sums where sharded gradients are added up over micro-batches, or kept until all are
   *     there; absent if the gradients keep themselves or are used at once
   * @param frees whether a piece's gradient is given up once it is summed
   */
  GradientReducer(
      StepClock clock,
      BlockWeights weights,
      Gradients gradients,
      Collective ranks,
      Shard shard,
      Optional<ShardBuffer> sums,
      boolean frees,
      Arithmetic arithmetic) {
    this.clock = clock;
    this.weights = weights;
    this.gradients = gradients;
    this.ranks = ranks;
    this.shard = shard;
    this.sums = sums;
    this.frees = frees;
    this.order = gradients.backwardOrder();
    this.arithmetic = arithmetic;
  }

  /**
   * Starts a micro-batch.
   *
   * @param first whether it is the step's first
   * @param last whether it is the step's last
   * @param summed called in the last with each piece and this rank's part of the sum, which it may
   *     overwrite, as soon as that is there; absent if the parts are asked for later
   */
  void start(boolean first, boolean last, Optional<BiConsumer<Piece, Tensor>> summed) {
    this.first = first;
    this.last = last;
    this.whenSummed = summed;
    released = 0;
  }

  /**
   * Tells that a micro-batch has completed a piece. Every rank must reduce in the same order, so
   * those before it that this rank's samples did not reach go first.
   */
  void release(Piece piece) {
    if (last || frees) {
      int end = order.indexOf(piece) + 1;
      while (released < end) {
        reduce(order.get(released++));
      }
    }
  }

  private void reduce(Piece piece) {
    weights.reach(piece.block());
    gradients.finish(piece);
    Tensor memory = gradients.memory(piece);
    underWay.add(
        new Reduction(
            piece, shard.isWhole() ? ranks.allReduce(memory) : ranks.reduceScatter(memory)));
    if (frees || whenSummed.isPresent()) {
      while (underWay.size() >= MOST_UNDER_WAY || ranks.worldSize() == 1 && !underWay.isEmpty()) {
        complete(underWay.remove());
      }
    }
  }

  private void complete(Reduction reduction) {
    Piece piece = reduction.piece();
    clock.time(
        Phase.COMMUNICATION, "sum " + piece.block().name(), () -> reduction.handle().await());
    try (Tensor mine = summed(piece)) {
      sums.ifPresent(buffer -> add(buffer, piece, mine));
      if (last && whenSummed.isPresent()) {
        try (Tensor sum = part(piece)) {
          whenSummed.get().accept(piece, sum);
        }
      }
    }
    if (frees) {
      gradients.free(piece);
    }
  }

  private void add(ShardBuffer buffer, Piece piece, Tensor mine) {
    try (Tensor sum = buffer.part(piece)) {
      if (first) {
        sum.copyFrom(mine);
      } else {
        arithmetic.add(sum, mine);
      }
    }
  }

  /** Where the gradients' own memory holds this rank's part. */
  private Tensor summed(Piece piece) {
    Tensor memory = gradients.memory(piece);
    Range range = shard.of(new Range(0, memory.size()));
    return memory.slice(range.start(), range.end());
  }

  /** Ends a micro-batch; after the last, all are summed. */
  void end() {
    if (!order.isEmpty()) {
      release(order.get(order.size() - 1));
    }
    while (!underWay.isEmpty()) {
      complete(underWay.remove());
    }
  }

  /**
   * Visits this rank's part of each piece's sum, in the order of the backward pass, after the last
   * micro-batch.
   */
  void forEachSum(BiConsumer<Piece, Tensor> visitor) {
    for (Piece piece : order) {
      try (Tensor sum = part(piece)) {
        visitor.accept(piece, sum);
      }
    }
  }

  private Tensor part(Piece piece) {
    return sums.isPresent() ? sums.get().part(piece) : summed(piece);
  }

  @Override
  public void close() {
    sums.ifPresent(ShardBuffer::close);
  }
}
