package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Weights of which every rank keeps its part only. A pass walks a schedule that is the same on all
 * ranks, whatever their samples reach: while a block computes, the next is gathered; what is behind
 * is given up. So no more than two entries of the schedule are whole at a time.
 */
final class ShardedWeights implements BlockWeights {
  private final StepClock clock;
  private final Parameters parameters;
  private final Set<Block> trained;
  private final Collective ranks;
  private final Shard shard;
  private final PassSchedule schedule;
  private final Map<Block, Whole> whole = new HashMap<>();
  private int position = -1;

  /** A gathered block, or one on its way. */
  private record Whole(Gathering gathering, List<Tensor> leaves) {
    void close() {
      gathering.handle().await();
      leaves.forEach(Tensor::close);
      gathering.whole().close();
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
    Gathering gathering = startGather(block);
    return new Whole(
        gathering, WholeWeights.leaves(block, gathering.whole(), trained.contains(block)));
  }

  private Gathering startGather(Block block) {
    try (Tensor part = parameters.held(block)) {
      return Gathering.start(part, shard, ranks);
    }
  }

  private void giveUp(List<Block> butFor) {
    whole
        .entrySet()
        .removeIf(
            entry -> {
              boolean done = !butFor.contains(entry.getKey());
              if (done) {
                entry.getValue().close();
              }
              return done;
            });
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
    Gathering gathering = startGather(block);
    gathering.handle().await();
    return gathering.whole();
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
  }
}
