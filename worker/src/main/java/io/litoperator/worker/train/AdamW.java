package io.litoperator.worker.train;

import io.litoperator.worker.gpu.Kernel;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Parameters.Range;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW on this rank's part of each block, in one passage over memory. Parameters in bf16 are the
 * rounded copies of fp32 masters, which are updated in their place. Norms and biases do not decay,
 * as with transformers' Trainer.
 */
final class AdamW implements AutoCloseable {
  /** Elements that are updated at once; a multiple of what any vector instruction takes. */
  private static final long PIECE = 1L << 18;

  /** A GPU is busy with no fewer, and they outgrow its caches. */
  private static final long PIECE_CUDA = 1L << 26;

  /** Elements of a thread of the kernel. */
  private static final int FOUR = 4;

  private final Program program;
  private final Optional<Kernel> kernel;
  private final Optimizer settings;
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
                "piece", Torch.device().isCuda() ? PIECE_CUDA : PIECE));
    kernel =
        parameters.type() == DType.BFLOAT16 && Torch.device().isCuda()
            ? Optional.of(Kernel.compile(AdamW.class, "adamw"))
            : Optional.empty();
    settings = optimizer;
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
   * Updates this rank's part of a piece.
   *
   * @param step from 1
   * @param factor of the schedule, 0 to 1
   * @param scale that the gradient is to be multiplied by
   */
  void update(Piece piece, Tensor values, Tensor gradient, long step, double factor, double scale) {
    ModelPart part = piece.block().part();
    double rate = learningRates.getOrDefault(part, settings.learningRate()) * factor;
    for (Stretch stretch : stretches(piece, values.size())) {
      double decay = stretch.decays() ? settings.weightDecay() : 0;
      try (Tensor some = values.slice(stretch.start(), stretch.end());
          Tensor gradients = gradient.slice(stretch.start(), stretch.end());
          Tensor masters =
              master
                  .map(wide -> part(wide, piece, stretch))
                  .orElseGet(() -> some.slice(0, some.size()));
          Tensor means = part(mean, piece, stretch);
          Tensor squares = part(square, piece, stretch)) {
        if (kernel.isPresent()) {
          launch(some, gradients, masters, means, squares, step, rate, decay, scale);
        } else {
          program.call(
              "update",
              some,
              List.of(gradients),
              List.of(masters),
              List.of(means),
              List.of(squares),
              List.of(count(step)),
              rate,
              decay,
              scale);
        }
      }
    }
  }

  /** Without decay all are alike. */
  private List<Stretch> stretches(Piece piece, long size) {
    if (settings.weightDecay() == 0) {
      return List.of(new Stretch(0, size, false));
    }
    Range range = piece.isWhole() ? mean.range(piece.block()) : new Range(0, size);
    return Stretch.of(piece.layout(), range);
  }

  private static Tensor part(ShardBuffer buffer, Piece piece, Stretch stretch) {
    try (Tensor part = buffer.part(piece)) {
      return part.slice(stretch.start(), stretch.end());
    }
  }

  private void launch(
      Tensor values,
      Tensor gradient,
      Tensor masters,
      Tensor means,
      Tensor squares,
      long step,
      double rate,
      double decay,
      double scale) {
    long size = values.size();
    kernel
        .get()
        .launch(
            size / FOUR,
            values,
            gradient,
            masters,
            means,
            squares,
            size,
            (float) scale,
            (float) (1 - rate * decay),
            (float) settings.beta1(),
            (float) settings.beta2(),
            (float) (rate / (1 - Math.pow(settings.beta1(), step))),
            (float) Math.sqrt(1 - Math.pow(settings.beta2(), step)),
            (float) settings.epsilon());
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
    kernel.ifPresent(Kernel::close);
  }
}
