package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Tensor;

/**
 * A block that is being put together from all ranks' parts.
 *
 * @param whole memory that holds it once the handle is awaited; whoever started it closes it
 */
record Gathering(Tensor whole, Collective.Handle handle) {

  /** Starts; every rank calls it with its part. */
  static Gathering start(Tensor part, Shard shard, Collective ranks) {
    return start(part, Tensor.empty(part.dtype(), part.size() * shard.count()), shard, ranks);
  }

  /** The same into memory of the whole's size, which is taken over. */
  static Gathering start(Tensor part, Tensor whole, Shard shard, Collective ranks) {
    Range mine = shard.of(new Range(0, whole.size()));
    try (Tensor place = whole.slice(mine.start(), mine.end())) {
      place.copyFrom(part);
    }
    return new Gathering(whole, ranks.allGather(whole));
  }
}
