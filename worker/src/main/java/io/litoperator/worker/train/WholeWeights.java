package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Weights that lie whole on every rank, though each may update but a part of them. */
final class WholeWeights implements BlockWeights {
  private final Parameters parameters;
  private final Shard shard;
  private final Collective ranks;
  private final Map<Block, List<Tensor>> leaves = new HashMap<>();
  private final List<Collective.Handle> underWay = new ArrayList<>();

  /**
   * @param shard that this rank updates
   */
  WholeWeights(Parameters parameters, Set<Block> trained, Shard shard, Collective ranks) {
    this.parameters = parameters;
    this.shard = shard;
    this.ranks = ranks;
    for (Block block : parameters.layout().blocks()) {
      try (Tensor memory = gather(block)) {
        leaves.put(block, leaves(block, memory, trained.contains(block)));
      }
    }
  }

  /** A block's weights in memory that is laid out as it is. */
  static List<Tensor> leaves(Block block, Tensor memory, boolean trains) {
    List<Tensor> leaves = new ArrayList<>();
    for (Tensor view : Parameters.views(block, memory)) {
      try (view) {
        leaves.add(view.leaf(trains));
      }
    }
    return leaves;
  }

  @Override
  public List<Tensor> of(Block block) {
    return leaves.get(block);
  }

  @Override
  public boolean stay() {
    return true;
  }

  @Override
  public void reach(Block block) {}

  @Override
  public void endPass() {}

  @Override
  public Tensor part(Block block) {
    return slice(shard.of(parameters.range(block)));
  }

  @Override
  public void updated(Block block) {
    if (!shard.isWhole()) {
      try (Tensor whole = gather(block)) {
        underWay.add(ranks.allGather(whole));
      }
    }
  }

  @Override
  public void settle() {
    underWay.forEach(Collective.Handle::await);
    underWay.clear();
  }

  @Override
  public Tensor gather(Block block) {
    return slice(parameters.range(block));
  }

  private Tensor slice(Range range) {
    return parameters.flat().slice(range.start(), range.end());
  }

  @Override
  public void restore() {
    settle();
  }

  @Override
  public void divide() {}

  @Override
  public void close() {
    leaves.values().forEach(list -> list.forEach(Tensor::close));
  }
}
