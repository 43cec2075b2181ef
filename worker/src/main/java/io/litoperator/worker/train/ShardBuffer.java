package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
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

  /** Takes this rank's part of a whole block. */
  void load(Block block, Tensor whole) {
    Range range = shard.of(new Range(0, whole.size()));
    try (Tensor from = whole.slice(range.start(), range.end());
        Tensor into = part(block)) {
      into.copyFrom(from);
    }
  }

  /** A whole block, of all ranks' parts; every rank calls it, and closes the result. */
  Tensor gather(Block block, Collective ranks) {
    if (shard.isWhole()) {
      return part(block);
    }
    Gathering gathering = startGather(block, ranks);
    gathering.handle().await();
    return gathering.whole();
  }

  /**
   * Starts to gather a block.
   *
   * @return memory that holds the whole block once the handle is awaited; the caller closes it
   */
  Gathering startGather(Block block, Collective ranks) {
    Tensor whole = Tensor.empty(flat.dtype(), ranges.get(block).size() * shard.count());
    Range mine = shard.of(new Range(0, whole.size()));
    try (Tensor place = whole.slice(mine.start(), mine.end());
        Tensor part = part(block)) {
      place.copyFrom(part);
    }
    return new Gathering(whole, ranks.allGather(whole));
  }

  /** A block on its way. */
  record Gathering(Tensor whole, Collective.Handle handle) {}

  @Override
  public void close() {
    flat.close();
  }
}
