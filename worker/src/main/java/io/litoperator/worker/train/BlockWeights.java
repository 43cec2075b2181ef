package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.Set;

/** The weights that a step computes with, block by block, and this rank's part of them. */
interface BlockWeights extends AutoCloseable {
  /**
   * Divides the model's parameters, if they are to be.
   *
   * @param trained blocks that train
   * @param shard that this rank updates
   */
  static BlockWeights of(
      VisionLanguageModel model,
      Set<ModelPart> trainable,
      List<Block> trained,
      Sharding sharding,
      Shard shard,
      Collective ranks,
      StepClock clock) {
    Parameters parameters = model.parameters();
    if (sharding != Sharding.PARAMETERS) {
      return new WholeWeights(parameters, Set.copyOf(trained), shard, ranks);
    }
    parameters.divide(shard);
    PassSchedule schedule = PassSchedule.of(model, trainable);
    return new ShardedWeights(clock, parameters, Set.copyOf(trained), schedule, shard, ranks);
  }

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
