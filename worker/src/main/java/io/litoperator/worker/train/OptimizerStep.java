package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One optimizer step: every micro-batch forward and backward, gradients summed over the ranks,
 * averaged, clipped, applied. All ranks end with the same parameters, or with their parts of them.
 *
 * <p>What the sum is to be divided by is counted before the step. So without clipping, a block is
 * updated as soon as its gradient is summed, while the blocks before it are still computed; with
 * clipping, all wait for the norm.
 */
public final class OptimizerStep implements AutoCloseable {
  /** Keeps the clipping factor finite, as in torch's {@code clip_grad_norm_}. */
  private static final double CLIP_EPSILON = 1e-6;

  private final StagePlan stage;
  private final Collective ranks;
  private final ModelFlops flops;
  private final StepRefusals refusals;
  private final StepClock clock = new StepClock();
  private final Arithmetic arithmetic = new Arithmetic();
  private final BlockWeights weights;
  private final Gradients gradients;
  private final ForwardBackward pass;
  private final GradientReducer reducer;
  private final GradientNorm norm;
  private final AdamW optimizer;

  /** Room for the weights that a rank holds before training; zero. */
  public static Parameters memory(Layout layout, DType type, Sharding sharding, Collective ranks) {
    return sharding == Sharding.PARAMETERS
        ? Parameters.divided(layout, type, new Shard(ranks.rank(), ranks.worldSize()))
        : new Parameters(layout, type, ranks.worldSize());
  }

  public OptimizerStep(
      VisionLanguageModel model, StagePlan stage, Sharding sharding, Collective ranks) {
    this(model, stage, sharding, ranks, Optional.empty());
  }

  /**
   * @param features opens files of a frozen tower's features, by the tower's digest; not with
   *     divided parameters
   */
  public OptimizerStep(
      VisionLanguageModel model,
      StagePlan stage,
      Sharding sharding,
      Collective ranks,
      Optional<Function<String, FeatureFiles>> features) {
    this.stage = stage;
    this.ranks = ranks;
    flops = new ModelFlops(model.config(), stage.trainable());
    refusals = new StepRefusals(stage.stage(), ranks.rank());
    boolean shards = sharding.includes(Sharding.OPTIMIZER);
    Shard shard = shards ? new Shard(ranks.rank(), ranks.worldSize()) : Shard.WHOLE;
    List<Block> trained =
        model.layout().blocks().stream()
            .filter(block -> block.used() && stage.trainable().contains(block.part()))
            .toList();
    if (sharding == Sharding.PARAMETERS) {
      model.parameters().divide(shard);
    }
    gradients = new Gradients(model.parameters(), trained, arithmetic);
    norm = new GradientNorm(arithmetic, ranks, shard);
    optimizer =
        new AdamW(model.parameters(), trained, stage.optimizer(), stage.learningRates(), shard);
    weights =
        sharding == Sharding.PARAMETERS
            ? new ShardedWeights(
                clock,
                model.parameters(),
                new HashSet<>(trained),
                PassSchedule.of(model, stage.trainable()),
                shard,
                ranks)
            : new WholeWeights(model.parameters(), new HashSet<>(trained), shard, ranks);
    boolean shardsGradients = sharding.includes(Sharding.GRADIENTS);
    boolean atOnce = !clips() && !hasSeveralMicroBatches();
    reducer =
        new GradientReducer(
            clock,
            weights,
            gradients,
            ranks,
            shard,
            shardsGradients && !atOnce
                ? Optional.of(
                    new ShardBuffer(trained, model.parameters(), model.parameters().type(), shard))
                : Optional.empty(),
            shardsGradients || atOnce,
            arithmetic);
    pass =
        new ForwardBackward(
            model,
            clock,
            weights,
            gradients,
            stage.trainable(),
            stage.activationCheckpointing(),
            features);
  }

  private boolean clips() {
    return stage.optimizer().clipNorm().isPresent();
  }

  private boolean hasSeveralMicroBatches() {
    return stage.globalBatchSize() > stage.microBatchSize() * ranks.worldSize();
  }

  /** What this rank wishes; a step tells what any rank wished. */
  public record Wishes(boolean stop, boolean save) {
    public static final Wishes NONE = new Wishes(false, false);
  }

  /**
   * @param step from 1, for the optimizer's bias correction and for messages
   * @param factor of the learning-rate schedule
   * @param microBatches this rank's, as many as of every other rank; any may be empty
   * @throws Failure {@code BAD_DATA} if the loss is not finite or nothing is supervised
   */
  public Step run(long step, double factor, List<List<Sample>> microBatches, Wishes wishes) {
    if (microBatches.size() > 1 && !hasSeveralMicroBatches()) {
      throw new IllegalArgumentException("the stage's steps have one micro-batch each");
    }
    double[] sums = Tally.of(microBatches, flops, wishes).toArray();
    clock.time(Phase.COMMUNICATION, "count", () -> ranks.allReduce(sums));
    Tally all = Tally.ofArray(sums);
    refusals.requireSupervised(step, all);
    double average = 1 / (globalTokens() ? all.tokens() : Math.max(1, all.learnt()));
    long views = pass.views();
    double[] losses = differentiate(step, factor, average, microBatches).toArray();
    double[] made = Arrays.copyOf(losses, losses.length + 1);
    made[losses.length] = pass.views() - views;
    clock.time(Phase.COMMUNICATION, "losses", () -> ranks.allReduce(made));
    double length = apply(step, factor, average, microBatches);
    return new Step(
        Losses.ofArray(made),
        length,
        all.samples(),
        all.rows(),
        all.flops() + flops.tower(made[losses.length]),
        all.stops() > 0,
        all.saves() > 0);
  }

  private Losses differentiate(
      long step, double factor, double average, List<List<Sample>> microBatches) {
    gradients.start();
    Optional<BiConsumer<Block, Tensor>> update =
        clips()
            ? Optional.empty()
            : Optional.of((block, sum) -> update(block, sum, step, factor, average));
    List<TokenLosses> made = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      List<Sample> samples = microBatches.get(i);
      reducer.start(i == 0, i + 1 == microBatches.size(), update);
      made.add(pass.run(samples, scale(samples), dropoutSeed(step, i), reducer::release));
      reducer.end();
      weights.endPass();
    }
    return losses(step, made, microBatches);
  }

  private void update(Block block, Tensor sum, long step, double factor, double scale) {
    if (!clips()) {
      norm.add(sum);
    }
    clock.time(
        Phase.OPTIMIZER,
        "update " + block.name(),
        () -> {
          try (Tensor values = weights.part(block)) {
            optimizer.update(block, values, sum, step, factor, scale);
          }
        });
    weights.updated(block);
  }

  /** Each micro-batch of the training has its own, whenever and wherever it is computed. */
  private long dropoutSeed(long step, int microBatch) {
    long seed = stage.lora().map(LoraPlan::seed).orElse(0L);
    for (long part : new long[] {step, ranks.rank(), microBatch}) {
      seed = 6364136223846793005L * seed + part + 1;
    }
    return seed;
  }

  /** Reads the losses of a whole step at once, so that a GPU never waits within it. */
  private Losses losses(long step, List<TokenLosses> made, List<List<Sample>> microBatches) {
    Losses losses = Losses.NONE;
    for (int i = 0; i < made.size(); i++) {
      try (TokenLosses tokens = made.get(i)) {
        Losses of = tokens.sum();
        refusals.requireFinite("loss", of.instruction() + of.answer(), step, microBatches.get(i));
        losses = losses.plus(of);
      }
    }
    return losses;
  }

  /** Updates what was not yet; the gradient's norm before clipping. */
  private double apply(long step, double factor, double average, List<List<Sample>> microBatches) {
    if (clips()) {
      forEachSum((block, sum) -> norm.add(sum));
    }
    double length = norm.take() * average;
    refusals.requireFinite(
        "gradient norm", length, step, microBatches.stream().flatMap(List::stream).toList());
    stage
        .optimizer()
        .clipNorm()
        .ifPresent(
            most -> {
              double clip = Math.min(1, most / (length + CLIP_EPSILON));
              forEachSum((block, sum) -> update(block, sum, step, factor, average * clip));
            });
    clock.time(Phase.COMMUNICATION, "settle", weights::settle);
    return length;
  }

  private void forEachSum(BiConsumer<Block, Tensor> visitor) {
    for (Block block : gradients.backwardOrder()) {
      try (Tensor sum = reducer.part(block)) {
        visitor.accept(block, sum);
      }
    }
  }

  /** Weight of each token's loss before the division by what the whole batch holds. */
  private double scale(List<Sample> samples) {
    return globalTokens() ? 1 : 1.0 / Math.max(1, Tally.supervised(samples));
  }

  private boolean globalTokens() {
    return stage.labels().normalization() == Normalization.GLOBAL_TOKENS;
  }

  /** As of {@link FrozenTower#lookUp}. */
  Sample lookUp(Sample sample) {
    return pass.lookUp(sample);
  }

  /** Number of trained weights, without the gaps of alignment. */
  long trainableParameters() {
    return gradients.trained().stream().mapToLong(Block::size).sum();
  }

  /** Times what this does, and what else its owner has it time. */
  StepClock clock() {
    return clock;
  }

  /** The parameters, for who saves or restores them. */
  BlockWeights weights() {
    return weights;
  }

  Gradients gradients() {
    return gradients;
  }

  AdamW optimizer() {
    return optimizer;
  }

  /** Training is over: makes the model whole on every rank. They all call it. */
  public void finish() {
    weights.restore();
  }

  @Override
  public void close() {
    weights.close();
    reducer.close();
    optimizer.close();
    pass.close();
    gradients.close();
    arithmetic.close();
  }
}
