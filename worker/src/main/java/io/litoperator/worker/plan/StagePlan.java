package io.litoperator.worker.plan;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One training stage.
 *
 * @param labels what is supervised; a pretrain stage supervises its captions whatever this says
 * @param trainable parts that train, in the order of {@link ModelPart}; the rest is frozen
 * @param lora adapters, present if they are among the parts that train
 * @param learningRates of parts that differ from the optimizer's
 * @param maxSteps optimizer steps; if absent, {@code epochs} over the data set
 * @param globalBatchSize samples of an optimizer step, over all ranks and accumulation steps
 * @param microBatchSize samples that one rank computes at once; {@code globalBatchSize} is a
 *     multiple of {@code microBatchSize · world size}; {@link #AUTO} until it is decided
 */
public record StagePlan(
    Stage stage,
    LabelPlan labels,
    List<DatasetPlan> datasets,
    Set<ModelPart> trainable,
    Map<ModelPart, Double> learningRates,
    int epochs,
    OptionalInt maxSteps,
    int globalBatchSize,
    int microBatchSize,
    Optimizer optimizer,
    Checkpointing activationCheckpointing,
    Optional<LoraPlan> lora) {

  /** As many as fit into a rank's memory. */
  public static final int AUTO = 0;

  public StagePlan {
    datasets = List.copyOf(datasets);
    trainable = Collections.unmodifiableSet(new TreeSet<>(trainable));
    learningRates = Collections.unmodifiableMap(new TreeMap<>(learningRates));
  }

  public StagePlan withObjective(Objective objective) {
    return withLabels(
        new LabelPlan(
            objective,
            labels.templates(),
            labels.mine(),
            labels.textOnly(),
            labels.normalization()));
  }

  public StagePlan withLabels(LabelPlan other) {
    return with(other, lora);
  }

  public StagePlan withLora(LoraPlan adapters) {
    return with(labels, Optional.of(adapters));
  }

  /** With the seed of a run, which its adapters share. */
  StagePlan withSeed(long seed) {
    return with(labels, lora.map(adapters -> adapters.withSeed(seed)));
  }

  public StagePlan withMicroBatchSize(int size) {
    return with(labels, size, lora);
  }

  private StagePlan with(LabelPlan otherLabels, Optional<LoraPlan> otherLora) {
    return with(otherLabels, microBatchSize, otherLora);
  }

  private StagePlan with(
      LabelPlan otherLabels, int otherMicroBatchSize, Optional<LoraPlan> otherLora) {
    return new StagePlan(
        stage,
        otherLabels,
        datasets,
        trainable,
        learningRates,
        epochs,
        maxSteps,
        globalBatchSize,
        otherMicroBatchSize,
        optimizer,
        activationCheckpointing,
        otherLora);
  }

  /** What the backward pass computes again instead of keeping it. */
  public enum Checkpointing {
    NONE,
    /** Of a decoder layer what is largest, of other layers all. */
    SELECTIVE,
    /** Every layer, of which only the input is kept. */
    FULL
  }

  public enum Stage {
    PRETRAIN,
    FINETUNE;

    /** As in file names, events and the resource's status. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * What the fine-tune's loss is taken over.
   *
   * @param templates task templates that LIT does not supervise, with {@code '} for ’
   * @param mine how the templates are found before training; absent where the job gives them
   */
  public record LabelPlan(
      Objective objective,
      List<String> templates,
      Optional<MiningPlan> mine,
      TextOnly textOnly,
      Normalization normalization) {
    public LabelPlan {
      templates = List.copyOf(templates);
    }

    /** With templates that the job gives. */
    public LabelPlan(
        Objective objective,
        List<String> templates,
        TextOnly textOnly,
        Normalization normalization) {
      this(objective, templates, Optional.empty(), textOnly, normalization);
    }

    public LabelPlan withTemplates(List<String> others) {
      return new LabelPlan(objective, others, mine, textOnly, normalization);
    }

    /** Answers only: of captions, and where an answer's likelihood is measured. */
    public static LabelPlan answers() {
      return new LabelPlan(Objective.VIT, List.of(), TextOnly.ANSWERS, Normalization.GLOBAL_TOKENS);
    }
  }

  /** What is supervised in a sample without a picture. */
  public enum TextOnly {
    ANSWERS,
    INSTRUCTIONS
  }

  /** What the loss is averaged over. */
  public enum Normalization {
    /** All supervised tokens of the global batch. */
    GLOBAL_TOKENS,
    /** Each micro-batch's own, then the mean of micro-batches and ranks, as the references do. */
    MICRO_BATCH
  }

  /** How the learning rate falls to zero after its warm-up, if it does. */
  public enum Decay {
    COSINE,
    LINEAR,
    CONSTANT
  }

  /**
   * AdamW with a linear warm-up.
   *
   * @param warmupRatio part of the steps in which the rate rises
   * @param clipNorm largest global gradient norm; absent: no clipping
   */
  public record Optimizer(
      double learningRate,
      double warmupRatio,
      Decay schedule,
      double weightDecay,
      double beta1,
      double beta2,
      double epsilon,
      Optional<Double> clipNorm) {}
}
