package io.litoperator.worker.train;

import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW on this rank's part of each block, fused: one pass over memory. Parameters in bf16 are the
 * rounded copies of fp32 masters, which are updated in their place.
 */
final class AdamW implements AutoCloseable {
  /** Elements of bf16 parameters that are updated at once, by way of a wide copy of gradients. */
  private static final long PIECE = 1L << 24;

  private final Program program;
  private final Arithmetic arithmetic = new Arithmetic();
  private final double learningRate;
  private final Map<ModelPart, Double> learningRates;
  private final Optional<ShardBuffer> master;
  private final ShardBuffer mean;
  private final ShardBuffer square;
  private Optional<Count> count = Optional.empty();

  /** A step's number where the program takes it. */
  private record Count(long step, Tensor tensor) {}

  /**
   * @param trained blocks that train
   * @param learningRates of parts that differ from the optimizer's
   * @param shard that this rank updates
   */
  AdamW(
      Parameters parameters,
      List<Block> trained,
      Optimizer optimizer,
      Map<ModelPart, Double> learningRates,
      Shard shard) {
    program =
        Program.load(
            AdamW.class,
            "AdamW",
            Map.of(
                "beta1", optimizer.beta1(),
                "beta2", optimizer.beta2(),
                "epsilon", optimizer.epsilon(),
                "weight_decay", optimizer.weightDecay()));
    this.learningRate = optimizer.learningRate();
    this.learningRates = learningRates;
    mean = new ShardBuffer(trained, parameters, DType.FLOAT32, shard);
    square = new ShardBuffer(trained, parameters, DType.FLOAT32, shard);
    master =
        parameters.type() == DType.FLOAT32
            ? Optional.empty()
            : Optional.of(new ShardBuffer(trained, parameters, DType.FLOAT32, shard));
    master.ifPresent(wide -> fill(wide, parameters));
  }

  private static void fill(ShardBuffer master, Parameters parameters) {
    for (Block block : master.blocks()) {
      long held = parameters.heldRange(block).start();
      Range range = master.range(block);
      try (Tensor values = parameters.held(block);
          Tensor from = values.slice(range.start() - held, range.end() - held);
          Tensor into = master.part(block)) {
        into.copyFrom(from);
      }
    }
  }

  /**
   * Updates this rank's part of a block. What the gradient holds afterwards is not to be used.
   *
   * @param step from 1
   * @param factor of the schedule, 0 to 1
   * @param scale that the gradient is to be multiplied by
   */
  void update(Block block, Tensor values, Tensor gradient, long step, double factor, double scale) {
    double rate = learningRates.getOrDefault(block.part(), learningRate) * factor;
    try (Tensor means = mean.part(block);
        Tensor squares = square.part(block)) {
      if (master.isEmpty()) {
        arithmetic.scale(gradient, scale);
        program.call(
            "update",
            List.of(values),
            List.of(gradient),
            List.of(means),
            List.of(squares),
            List.of(count(step)),
            rate);
        return;
      }
      try (Tensor masters = master.get().part(block)) {
        for (long start = 0; start < values.size(); start += PIECE) {
          long end = Math.min(values.size(), start + PIECE);
          updateRounded(values, gradient, masters, means, squares, start, end, step, rate, scale);
        }
      }
    }
  }

  private void updateRounded(
      Tensor values,
      Tensor gradient,
      Tensor masters,
      Tensor means,
      Tensor squares,
      long start,
      long end,
      long step,
      double rate,
      double scale) {
    try (Tensor v = values.slice(start, end);
        Tensor g = gradient.slice(start, end);
        Tensor w = masters.slice(start, end);
        Tensor m = means.slice(start, end);
        Tensor s = squares.slice(start, end)) {
      program.call(
          "update_rounded",
          List.of(v),
          List.of(g),
          List.of(w),
          List.of(m),
          List.of(s),
          List.of(count(step)),
          rate,
          scale);
    }
  }

  private Tensor count(long step) {
    if (count.map(Count::step).filter(made -> made == step).isEmpty()) {
      count.ifPresent(old -> old.tensor().close());
      count = Optional.of(new Count(step, Tensor.of(new float[] {step}, 1)));
    }
    return count.get().tensor();
  }

  /** The fp32 parameters; absent if the parameters are fp32. */
  Optional<ShardBuffer> master() {
    return master;
  }

  /** First moments. */
  ShardBuffer mean() {
    return mean;
  }

  /** Second moments. */
  ShardBuffer square() {
    return square;
  }

  @Override
  public void close() {
    count.ifPresent(made -> made.tensor().close());
    master.ifPresent(ShardBuffer::close);
    mean.close();
    square.close();
    program.close();
    arithmetic.close();
  }
}
