package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** This rank's part of some blocks, one after the other in one flat buffer. */
final class ShardBuffer implements AutoCloseable {
  private final Shard shard;
  private final List<Block> blocks;
  private final Map<Block, Range> ranges = new HashMap<>();
  private final Tensor flat;

  /** Allocates it, zero. */
  ShardBuffer(List<Block> blocks, Parameters parameters, DType type, Shard shard) {
    this.blocks = blocks;
    this.shard = shard;
    long offset = 0;
    for (Block block : blocks) {
      long size = parameters.range(block).size() / shard.count();
      ranges.put(block, new Range(offset, offset + size));
      offset += size;
    }
    flat = Tensor.zeros(type, offset);
  }

  List<Block> blocks() {
    return blocks;
  }

  /** A view of a block's part; the caller closes it. */
  Tensor part(Block block) {
    return flat.slice(ranges.get(block).start(), ranges.get(block).end());
  }

  /** As above, of a piece. */
  Tensor part(Piece piece) {
    try (Tensor part = part(piece.block())) {
      return piece.of(part);
    }
  }

  /** What this holds of a block, counted from the block's start. */
  Range range(Block block) {
    return shard.of(new Range(0, ranges.get(block).size() * shard.count()));
  }

  /** Elements of named tensors that this holds. */
  long count() {
    return blocks.stream().mapToLong(block -> Parameters.count(block, range(block))).sum();
  }

  /** A whole block, of all ranks' parts; every rank calls it, and closes the result. */
  Tensor gather(Block block, Collective ranks) {
    if (shard.isWhole()) {
      return part(block);
    }
    try (Tensor part = part(block)) {
      Gathering gathering = Gathering.start(part, shard, ranks);
      gathering.handle().await();
      return gathering.whole();
    }
  }

  @Override
  public void close() {
    flat.close();
  }
}
