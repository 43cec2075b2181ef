package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights of which every rank keeps its part only. A pass walks a schedule that is the same on all
 * ranks, whatever their samples reach: while a block computes, the next is gathered; what is behind
 * is given up. So no more than two entries of the schedule are whole at a time. The memory of
 * layers, which are alike, is used again: given back, it would come to lie among activations, as
 * holes that no layer fits into.
 */
final class ShardedWeights implements BlockWeights {
  private final StepClock clock;
  private final Parameters parameters;
  private final Set<Block> trained;
  private final Collective ranks;
  private final Shard shard;
  private final PassSchedule schedule;
  private final Map<Block, Whole> whole = new HashMap<>();
  private final Deque<Tensor> spare = new ArrayDeque<>();
  private int position = -1;

  /** A gathered block, or one on its way. */
  private record Whole(Gathering gathering, List<Tensor> leaves) {
    /** The memory, whose content is of no use any more. */
    Tensor giveUp() {
      gathering.handle().await();
      leaves.forEach(Tensor::close);
      return gathering.whole();
    }
  }

  /**
   * @param parameters divided by the shard
   */
  ShardedWeights(
      StepClock clock,
      Parameters parameters,
      Set<Block> trained,
      PassSchedule schedule,
      Shard shard,
      Collective ranks) {
    this.clock = clock;
    this.parameters = parameters;
    this.trained = trained;
    this.schedule = schedule;
    this.shard = shard;
    this.ranks = ranks;
  }

  @Override
  public List<Tensor> of(Block block) {
    while (position < 0 || !schedule.at(position).contains(block)) {
      advance();
    }
    Whole found = whole.get(block);
    clock.time(
        Phase.COMMUNICATION, "gather " + block.name(), () -> found.gathering().handle().await());
    return found.leaves();
  }

  private void advance() {
    if (position + 1 == schedule.size()) {
      throw new IllegalStateException("a block is used that the schedule of a pass lacks");
    }
    position++;
    List<Block> needed = new ArrayList<>(schedule.at(position));
    if (position + 1 < schedule.size()) {
      needed.addAll(schedule.at(position + 1));
    }
    giveUp(needed);
    for (Block block : needed) {
      whole.computeIfAbsent(block, this::gatherSoon);
    }
  }

  private Whole gatherSoon(Block block) {
    Gathering gathering;
    try (Tensor part = parameters.held(block)) {
      gathering =
          isLayer(block) && !spare.isEmpty()
              ? Gathering.start(part, spare.pop(), shard, ranks)
              : Gathering.start(part, shard, ranks);
    }
    return new Whole(
        gathering, WholeWeights.leaves(block, gathering.whole(), trained.contains(block)));
  }

  private boolean isLayer(Block block) {
    return parameters.layout().decoderLayers().contains(block);
  }

  private void giveUp(List<Block> butFor) {
    whole
        .entrySet()
        .removeIf(
            entry -> {
              boolean done = !butFor.contains(entry.getKey());
              if (done) {
                keepOrFree(entry.getKey(), entry.getValue().giveUp());
              }
              return done;
            });
  }

  private void keepOrFree(Block block, Tensor memory) {
    if (isLayer(block)) {
      spare.push(memory);
    } else {
      memory.close();
    }
  }

  @Override
  public boolean stay() {
    return false;
  }

  @Override
  public void reach(Block block) {
    while (position < schedule.completes(block)) {
      advance();
    }
  }

  @Override
  public void endPass() {
    while (position + 1 < schedule.size()) {
      advance();
    }
    giveUp(List.of());
    position = -1;
  }

  @Override
  public Tensor part(Block block) {
    return parameters.held(block);
  }

  @Override
  public void updated(Block block) {}

  @Override
  public void settle() {}

  @Override
  public Tensor gather(Block block) {
    try (Tensor part = parameters.held(block)) {
      Gathering gathering = Gathering.start(part, shard, ranks);
      gathering.handle().await();
      return gathering.whole();
    }
  }

  @Override
  public void restore() {
    parameters.unite(
        (block, memory) -> {
          try (Tensor gathered = gather(block)) {
            memory.copyFrom(gathered);
          }
        });
  }

  @Override
  public void divide() {
    parameters.divide(shard);
  }

  @Override
  public void close() {
    giveUp(List.of());
    spare.forEach(Tensor::close);
  }
}
