package io.litoperator.worker.bench;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Initializer;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.WeightLoader;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.OptimizerStep;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * At which rate this process's device trains a model's decoder layers: what a step takes longer
 * with three of them than with one, the optimizer's part included, on text alone.
 */
public final class SustainedRate {
  private static final int FEW_LAYERS = 1;
  private static final int MORE_LAYERS = 3;

  /** With as many rows as micro-batches have: products of fewer are slower, and updates rarer. */
  private static final int CPU_SEQUENCES = 3;

  private static final int CUDA_SEQUENCES = 32;
  private static final int TEXT = 256;
  private static final int SUPERVISED = 8;

  private static final int LEAST_STEPS = 2;
  private static final int MOST_STEPS = 40;
  private static final long ENOUGH_NANOS = 1_000_000_000L;

  private final ModelConfig model;
  private final StagePlan stage;
  private final Precision precision;
  private final int sequences = Torch.device().isCuda() ? CUDA_SEQUENCES : CPU_SEQUENCES;

  private SustainedRate(ModelConfig model, StagePlan stage, Precision precision) {
    this.model = model;
    this.stage = stage;
    this.precision = precision;
  }

  /** The model that is measured, at its largest. */
  public static ModelConfig measured(ModelConfig model) {
    return model.withDecoderLayers(MORE_LAYERS);
  }

  /**
   * Measures, for seconds; torch must have been started.
   *
   * @return FLOP/s, as {@link ModelFlops} counts
   */
  public static double flopsPerSecond(ModelConfig model, StagePlan stage, Precision precision) {
    SustainedRate rate = new SustainedRate(model, stage, precision);
    double flops = rate.flops(MORE_LAYERS) - rate.flops(FEW_LAYERS);
    return flops / (rate.seconds(MORE_LAYERS) - rate.seconds(FEW_LAYERS));
  }

  private double flops(int layers) {
    int[] lengths = new int[sequences];
    Arrays.fill(lengths, TEXT);
    return new ModelFlops(model.withDecoderLayers(layers), stage.trainable())
        .of(lengths, (long) SUPERVISED * sequences, 0);
  }

  /** Of the fastest step, after one to warm up. */
  private double seconds(int layers) {
    try (VisionLanguageModel small = load(model.withDecoderLayers(layers));
        OptimizerStep optimizer = new OptimizerStep(small, steps(), Sharding.NONE, new Alone())) {
      List<Sample> batch = SyntheticBatch.ofText(sequences, TEXT, SUPERVISED, small.config());
      step(optimizer, batch);
      long best = Long.MAX_VALUE;
      long all = 0;
      for (int i = 0; i < MOST_STEPS && (i < LEAST_STEPS || all < ENOUGH_NANOS); i++) {
        long nanos = step(optimizer, batch);
        best = Math.min(best, nanos);
        all += nanos;
      }
      return best * 1e-9;
    }
  }

  private static long step(OptimizerStep optimizer, List<Sample> batch) {
    long start = System.nanoTime();
    optimizer.run(1, 1, List.of(batch), OptimizerStep.Wishes.NONE);
    return System.nanoTime() - start;
  }

  private VisionLanguageModel load(ModelConfig config) {
    Parameters parameters =
        OptimizerStep.memory(
            Layout.of(config, stage.lora()), precision, Sharding.NONE, new Alone());
    WeightLoader loader = new WeightLoader(parameters);
    try (Initializer initializer = new Initializer(Bench.SEED)) {
      EnumSet.complementOf(EnumSet.of(ModelPart.VISION_TOWER))
          .forEach(part -> loader.initialise(part, initializer));
    }
    return new VisionLanguageModel(config, parameters);
  }

  private StagePlan steps() {
    return new StagePlan(
        stage.stage(),
        LabelPlan.answers(),
        List.of(),
        stage.trainable(),
        Map.of(),
        1,
        OptionalInt.of(1),
        sequences,
        sequences,
        stage.optimizer(),
        Checkpointing.NONE,
        stage.lora());
  }
}
