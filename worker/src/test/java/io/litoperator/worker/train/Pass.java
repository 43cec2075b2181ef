package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The pieces of a step on one rank, taken by hand. */
final class Pass implements AutoCloseable {
  private final Collective alone = new Alone();
  private final Arithmetic arithmetic = new Arithmetic();
  private final WholeWeights weights;
  private final Gradients gradients;
  private final ForwardBackward pass;
  private final AdamW adam;

  Pass(
      VisionLanguageModel model,
      Set<ModelPart> trainable,
      Checkpointing checkpointing,
      Optimizer optimizer) {
    this(model, trainable, checkpointing, optimizer, block -> List.of(Piece.whole(block)));
  }

  /**
   * @param division as of {@link Gradients}
   */
  Pass(
      VisionLanguageModel model,
      Set<ModelPart> trainable,
      Checkpointing checkpointing,
      Optimizer optimizer,
      Function<Block, List<Piece>> division) {
    List<Block> trained =
        model.layout().blocks().stream()
            .filter(block -> block.used() && trainable.contains(block.part()))
            .toList();
    weights = new WholeWeights(model.parameters(), new HashSet<>(trained), Shard.WHOLE, alone);
    gradients = new Gradients(model.parameters(), trained, division, arithmetic);
    pass =
        new ForwardBackward(
            model, new StepClock(), weights, gradients, trainable, checkpointing, Optional.empty());
    adam = new AdamW(model.parameters(), trained, optimizer, Map.of(), Shard.WHOLE);
  }

  Gradients gradients() {
    return gradients;
  }

  Losses run(List<Sample> samples, double scale) {
    return run(samples, scale, 0);
  }

  /**
   * @param seed of dropout
   */
  Losses run(List<Sample> samples, double scale, long seed) {
    try (TokenLosses losses = pass.run(samples, scale, seed, piece -> {})) {
      return losses.sum();
    }
  }

  double norm() {
    GradientNorm norm = new GradientNorm(new StepClock(), arithmetic, alone, Shard.WHOLE);
    gradients.trained().forEach(block -> norm.add(gradients.memory(Piece.whole(block))));
    return norm.take();
  }

  void update(long step, double scale) {
    for (Piece piece : gradients.backwardOrder()) {
      try (Tensor part = weights.part(piece.block());
          Tensor values = piece.of(part)) {
        adam.update(piece, values, gradients.memory(piece), step, 1, scale);
      }
    }
  }

  @Override
  public void close() {
    adam.close();
    pass.close();
    gradients.close();
    weights.close();
    arithmetic.close();
  }
}
