package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.features.FeatureFiles;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Head;
import io.litoperator.worker.model.Layout;
import io.litoperator.worker.model.ModelFlops;
import io.litoperator.worker.model.Parameters;
import io.litoperator.worker.model.Shard;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Arithmetic;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import io.litoperator.worker.train.StepClock.Phase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One optimizer step: every micro-batch forward and backward, gradients summed over the ranks,
 * averaged, clipped, applied. All ranks end with the same parameters, or with their parts of them.
 *
 * <p>What the sum is to be divided by is counted before the step, so that a block can be updated
 * while those before it are still computed.
 */
public final class OptimizerStep implements AutoCloseable {
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
  private final AdamW optimizer;
  private final WeightUpdate update;

  /** Room for the weights that a rank holds before training; zero. */
  public static Parameters memory(
      Layout layout, Precision precision, Sharding sharding, Collective ranks) {
    DType type = Parameters.typeOf(precision);
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
    this(model, stage, sharding, ranks, features, Head.CPU_GRADIENT_ELEMENTS);
  }

  /**
   * @param pieceElements of a vocabulary's gradient where that is divided
   */
  OptimizerStep(
      VisionLanguageModel model,
      StagePlan stage,
      Sharding sharding,
      Collective ranks,
      Optional<Function<String, FeatureFiles>> features,
      long pieceElements) {
    this.stage = stage;
    this.ranks = ranks;
    flops = new ModelFlops(model.config(), stage.trainable());
    refusals = new StepRefusals(stage.stage(), ranks.rank());
    Shard shard =
        sharding.includes(Sharding.OPTIMIZER)
            ? new Shard(ranks.rank(), ranks.worldSize())
            : Shard.WHOLE;
    List<Block> trained =
        model.layout().blocks().stream()
            .filter(block -> block.used() && stage.trainable().contains(block.part()))
            .toList();
    weights = BlockWeights.of(model, stage.trainable(), trained, sharding, shard, ranks, clock);
    gradients =
        new Gradients(model.parameters(), trained, division(model, pieceElements), arithmetic);
    pass =
        new ForwardBackward(
            model,
            clock,
            weights,
            gradients,
            stage.trainable(),
            stage.activationCheckpointing(),
            features);
    reducer = reducer(model.parameters(), sharding.includes(Sharding.GRADIENTS), shard);
    optimizer =
        new AdamW(model.parameters(), trained, stage.optimizer(), stage.learningRates(), shard);
    update =
        new WeightUpdate(
            clock,
            weights,
            reducer,
            new GradientNorm(clock, arithmetic, ranks, shard),
            optimizer,
            stage.optimizer().clipNorm());
  }

  /**
   * Of one rank on a CPU, vocabularies are divided. Several ranks sum a whole one while layers are
   * computed, and a GPU wants large products.
   */
  private Division division(VisionLanguageModel model, long pieceElements) {
    return updatesAtOnce() && ranks.worldSize() == 1 && !Torch.device().isCuda()
        ? Division.ofVocabularies(model, pieceElements)
        : Division.none();
  }

  private GradientReducer reducer(Parameters parameters, boolean shardsGradients, Shard shard) {
    boolean atOnce = updatesAtOnce();
    return new GradientReducer(
        clock,
        weights,
        gradients,
        ranks,
        shard,
        shardsGradients && !atOnce
            ? Optional.of(
                new ShardBuffer(gradients.trained(), parameters, parameters.type(), shard))
            : Optional.empty(),
        shardsGradients || atOnce,
        arithmetic);
  }

  private boolean updatesAtOnce() {
    return stage.optimizer().clipNorm().isEmpty() && !hasSeveralMicroBatches();
  }

  private boolean hasSeveralMicroBatches() {
    return stage.globalBatchSize() > stage.microBatchSize() * ranks.worldSize();
  }

  /**
   * What this rank wishes or has to tell; a step tells what any rank did.
   *
   * @param saveFailed whether a checkpoint could not be saved
   */
  public record Wishes(boolean stop, boolean save, boolean saveFailed) {
    public static final Wishes NONE = new Wishes(false, false, false);
  }

  /**
   * @param step from 1, for the optimizer's bias correction and for messages
   * @param factor of the learning-rate schedule
   * @param microBatches this rank's, as many as of every other rank; any may be empty
   * @throws Failure {@code BAD_DATA} if nothing is supervised, or the loss or the gradient is not
   *     finite; {@code PEER_LOST} if another rank's loss is not
   */
  public Step run(long step, double factor, List<List<Sample>> microBatches, Wishes wishes) {
    if (microBatches.size() > 1 && !hasSeveralMicroBatches()) {
      throw new IllegalArgumentException("the stage's steps have one micro-batch each");
    }
    Tally all = count(microBatches, wishes);
    refusals.requireSupervised(step, all);
    double average = 1 / (globalTokens() ? all.tokens() : Math.max(1, all.learnt()));
    long views = pass.views();
    List<TokenLosses> made =
        differentiate(step, microBatches, update.whenSummed(step, factor, average));
    double norm = update.norm(average);
    List<Losses> mine = clock.time(Phase.DEVICE, "losses", () -> TokenLosses.sums(made));
    Computed computed = sum(mine, pass.views() - views);
    refusals.requireFinite(step, microBatches, mine, computed.losses(), norm);
    update.finish(step, factor, average, norm);
    return new Step(
        computed.losses(),
        norm,
        all.samples(),
        all.rows(),
        all.flops() + flops.tower(computed.views()),
        all.stops() > 0,
        all.saves() > 0,
        all.failedSaves() > 0);
  }

  private Tally count(List<List<Sample>> microBatches, Wishes wishes) {
    double[] sums = Tally.of(microBatches, flops, wishes).toArray();
    clock.time(Phase.COMMUNICATION, "count", () -> ranks.allReduce(sums));
    return Tally.ofArray(sums);
  }

  /**
   * Every micro-batch forward and backward; the gradients are summed meanwhile.
   *
   * @return the losses of each, which a GPU may be at still
   */
  private List<TokenLosses> differentiate(
      long step, List<List<Sample>> microBatches, Optional<BiConsumer<Piece, Tensor>> whenSummed) {
    List<TokenLosses> made = new ArrayList<>();
    gradients.start();
    for (int i = 0; i < microBatches.size(); i++) {
      List<Sample> samples = microBatches.get(i);
      reducer.start(i == 0, i + 1 == microBatches.size(), whenSummed);
      made.add(pass.run(samples, scale(samples), dropoutSeed(step, i), reducer::release));
      reducer.end();
      weights.endPass();
    }
    return made;
  }

  /** Each micro-batch of the training has its own, whenever and wherever it is computed. */
  private long dropoutSeed(long step, int microBatch) {
    long seed = stage.lora().map(LoraPlan::seed).orElse(0L);
    for (long part : new long[] {step, ranks.rank(), microBatch}) {
      seed = 6364136223846793005L * seed + part + 1;
    }
    return seed;
  }

  /**
   * Of all ranks. What was read from the device before is believed when this has returned: see
   * {@link Collective}.
   */
  private Computed sum(List<Losses> mine, long views) {
    double[] sums = new Computed(mine.stream().reduce(Losses.NONE, Losses::plus), views).toArray();
    clock.time(Phase.COMMUNICATION, "losses", () -> ranks.allReduce(sums));
    return Computed.ofArray(sums);
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
