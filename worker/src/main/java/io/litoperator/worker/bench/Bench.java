package io.litoperator.worker.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.agent.RankCommand;
import io.litoperator.worker.distributed.agent.Trial;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.PeakRate;
import io.litoperator.worker.model.Initializer;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.model.WeightLoader;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Decay;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Optimizer;
import io.litoperator.worker.safetensors.Weights;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.OptimizerStep;
import io.litoperator.worker.train.PeakMemory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Times optimizer steps of a fine-tune with a frozen tower on synthetic batches, on one rank. */
public final class Bench {
  static final int SEED = 1;

  /** With ranks that hang. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private static final Set<ModelPart> TRAINABLE =
      EnumSet.of(ModelPart.CONNECTOR, ModelPart.LANGUAGE_MODEL);
  private static final Optimizer ADAM_W =
      new Optimizer(2e-5, 0, Decay.COSINE, 0, 0.9, 0.999, 1e-8, Optional.empty());

  private final BenchOptions options;
  private final Collective ranks;

  public Bench(BenchOptions options, Collective ranks) {
    this.options = options;
    this.ranks = ranks;
  }

  /**
   * Measures ranks, each a process of its own on this machine.
   *
   * @throws io.litoperator.worker.failure.Failure with what a rank failed by
   */
  public static BenchResult run(BenchOptions options, int ranks) {
    try {
      String request = new ObjectMapper().writeValueAsString(options);
      RankCommand rank =
          RankCommand.java(BenchRank.class.getName(), request).in(options.precision());
      return Trial.run(ranks, PATIENCE, rank, BenchResult.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("options that are no JSON", e);
    }
  }

  /** Measures; torch must have been started. The same result on every rank. */
  public BenchResult run() {
    try (VisionLanguageModel model = load(options, ranks);
        OptimizerStep optimizer =
            new OptimizerStep(
                model, stage(options, ranks.worldSize()), options.sharding(), ranks)) {
      List<Sample> batch = SyntheticBatch.of(options.shape(), model.config(), SEED + ranks.rank());
      double firstLoss = step(optimizer, 1, batch);
      double[] seconds = new double[options.steps()];
      for (int i = 0; i < seconds.length; i++) {
        ranks.barrier();
        long start = System.nanoTime();
        step(optimizer, i + 2, batch);
        seconds[i] = (System.nanoTime() - start) * 1e-9;
      }
      return result(model.config(), firstLoss, seconds);
    }
  }

  static VisionLanguageModel load(BenchOptions options, Collective ranks) {
    Path folder = Path.of(options.model());
    ModelConfig config = ModelDescription.ofModel(folder).config();
    Parameters parameters =
        OptimizerStep.memory(Layout.of(config), options.precision(), options.sharding(), ranks);
    WeightLoader loader = new WeightLoader(parameters);
    Optional<Weights> weights = Weights.find(folder);
    if (weights.isPresent()) {
      loader.loadModel(weights.get(), folder.toString());
    } else {
      try (Initializer initializer = new Initializer(SEED)) {
        EnumSet.allOf(ModelPart.class).forEach(part -> loader.initialise(part, initializer));
      }
    }
    return new VisionLanguageModel(config, parameters);
  }

  private double step(OptimizerStep optimizer, long number, List<Sample> batch) {
    List<List<Sample>> microBatches = Collections.nCopies(options.accumulation(), batch);
    return optimizer.run(number, 1, microBatches, OptimizerStep.Wishes.NONE).losses().mean();
  }

  static StagePlan stage(BenchOptions options, int worldSize) {
    return new StagePlan(
        StagePlan.Stage.FINETUNE,
        LabelPlan.answers(),
        List.of(),
        TRAINABLE,
        Map.of(),
        1,
        OptionalInt.of(1 + options.steps()),
        options.shape().sequences() * options.accumulation() * worldSize,
        options.shape().sequences(),
        ADAM_W,
        options.checkpointing(),
        Optional.empty());
  }

  private BenchResult result(ModelConfig config, double firstLoss, double[] seconds) {
    Arrays.sort(seconds);
    double[] peak = {PeakMemory.bytes(), deviceBytes()};
    ranks.allReduce(peak);
    double flops = flops(config) * ranks.worldSize();
    long tokens =
        options.shape().tokens(config.imageTokens()) * options.accumulation() * ranks.worldSize();
    return new BenchResult(
        seconds[0],
        seconds[seconds.length / 2],
        tokens,
        tokens / seconds[0],
        firstLoss,
        (long) peak[0] >> 20,
        (long) peak[1] >> 20,
        flops / seconds[seconds.length / 2],
        utilisation(flops / ranks.worldSize() / seconds[seconds.length / 2]),
        new BenchResult.Shapes(
            options.shape().sequences(),
            config.imageTokens(),
            options.shape().lengths(),
            options.checkpointing(),
            ranks.worldSize(),
            options.threads(),
            options.precision()));
  }

  private double flops(ModelConfig config) {
    int[] text = options.shape().lengths().stream().mapToInt(i -> i).toArray();
    long supervised = Arrays.stream(text).mapToLong(options.shape()::supervised).sum();
    int[] lengths = Arrays.stream(text).map(length -> config.imageTokens() + length).toArray();
    double microBatch = new ModelFlops(config, TRAINABLE).of(lengths, supervised, lengths.length);
    return options.accumulation() * microBatch;
  }

  /** torch keeps what it once took, so that what is taken now is the most that was. */
  private static long deviceBytes() {
    return Torch.device().isCuda() ? Cuda.loading(() -> Cuda.memory().used()) : 0;
  }

  /** Of a GPU's bf16 rate; null where that is not known. */
  private static Double utilisation(double flopsPerSecond) {
    if (!Torch.device().isCuda()) {
      return null;
    }
    OptionalDouble peak = PeakRate.bf16(Cuda.name(Torch.device().index()));
    return peak.isPresent() ? flopsPerSecond / peak.getAsDouble() : null;
  }
}
