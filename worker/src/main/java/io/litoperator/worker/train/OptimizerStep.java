package io.litoperator.worker.train;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.model.Block;
import io.litoperator.worker.model.Packed;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Normalization;
import io.litoperator.worker.torch.Arithmetic;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One optimizer step: every micro-batch forward and backward, gradients summed over the ranks,
 * averaged, clipped, applied. All ranks end with the same parameters.
 */
public final class OptimizerStep implements AutoCloseable {
  /** Keeps the clipping factor finite, as in torch's {@code clip_grad_norm_}. */
  private static final double CLIP_EPSILON = 1e-6;

  private static final int NAMES_IN_MESSAGE = 4;

  private final VisionLanguageModel model;
  private final StagePlan stage;
  private final Collective ranks;
  private final Arithmetic arithmetic = new Arithmetic();
  private final Gradients gradients;
  private final ForwardBackward pass;
  private final GradientReducer reducer;
  private final AdamW optimizer;

  public OptimizerStep(VisionLanguageModel model, StagePlan stage, Collective ranks) {
    this.model = model;
    this.stage = stage;
    this.ranks = ranks;
    gradients = new Gradients(model.parameters(), stage.trainable());
    pass =
        new ForwardBackward(model, gradients, stage.trainable(), stage.activationCheckpointing());
    reducer = new GradientReducer(gradients, ranks, arithmetic);
    optimizer = new AdamW(model.parameters(), gradients, stage.optimizer(), stage.learningRates());
  }

  /** What this rank wishes; a step tells what any rank wished. */
  public record Wishes(boolean stop, boolean save) {
    public static final Wishes NONE = new Wishes(false, false);
  }

  /**
   * @param step from 1, for the optimizer's bias correction and for messages
   * @param factor of the learning-rate schedule
   * @param microBatches this rank's; any may be empty
   * @throws Failure {@code BAD_DATA} if the loss is not finite or nothing is supervised
   */
  public Step run(long step, double factor, List<List<Sample>> microBatches, Wishes wishes) {
    gradients.start();
    reducer.start();
    List<TokenLosses> made = new ArrayList<>();
    for (int i = 0; i < microBatches.size(); i++) {
      boolean last = i + 1 == microBatches.size();
      List<Sample> samples = microBatches.get(i);
      made.add(
          pass.run(
              samples,
              scale(samples),
              block -> {
                if (last) {
                  reducer.release(block);
                }
              }));
    }
    reducer.await();
    Tally mine = tally(step, made, microBatches, wishes);
    double[] sums = mine.toArray();
    ranks.allReduce(sums);
    return apply(step, factor, Tally.ofArray(sums), microBatches);
  }

  /** Reads the losses of a whole step at once, so that a GPU never waits within it. */
  private Tally tally(
      long step, List<TokenLosses> made, List<List<Sample>> microBatches, Wishes wishes) {
    Losses losses = Losses.NONE;
    int learnt = 0;
    for (int i = 0; i < made.size(); i++) {
      try (TokenLosses tokens = made.get(i)) {
        Losses of = tokens.sum();
        requireFinite(step, of, microBatches.get(i));
        losses = losses.plus(of);
        learnt += of.tokens() > 0 ? 1 : 0;
      }
    }
    return Tally.of(losses, learnt, samples(microBatches).size(), rows(microBatches), wishes);
  }

  private Step apply(long step, double factor, Tally all, List<List<Sample>> microBatches) {
    Losses losses = all.losses();
    if (losses.tokens() == 0) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "Step %d of the %s has no supervised token in its whole batch; 'lit check' tells which samples have none."
              .formatted(step, stage.stage().label()));
    }
    double average = 1 / (globalTokens() ? losses.tokens() : Math.max(1, all.learnt()));
    double norm = gradients.norm(arithmetic) * average;
    if (!Double.isFinite(norm)) {
      throw notFinite("gradient norm", step, samples(microBatches));
    }
    double clip =
        stage.optimizer().clipNorm().map(c -> Math.min(1, c / (norm + CLIP_EPSILON))).orElse(1.0);
    optimizer.step(model.parameters(), gradients, step, factor, average * clip);
    return new Step(losses, norm, all.samples(), all.rows(), all.stops() > 0, all.saves() > 0);
  }

  private static List<Sample> samples(List<List<Sample>> microBatches) {
    return microBatches.stream().flatMap(List::stream).toList();
  }

  private int rows(List<List<Sample>> microBatches) {
    return samples(microBatches).stream()
        .mapToInt(sample -> Packed.expandedLength(sample, model.config()::imageTokens))
        .sum();
  }

  /** Weight of each token's loss before the division by what the whole batch turns out to hold. */
  private double scale(List<Sample> samples) {
    int tokens = samples.stream().mapToInt(Sample::supervisedTokens).sum();
    return globalTokens() ? 1 : 1.0 / Math.max(1, tokens);
  }

  private boolean globalTokens() {
    return stage.labels().normalization() == Normalization.GLOBAL_TOKENS;
  }

  private void requireFinite(long step, Losses losses, List<Sample> samples) {
    if (!Double.isFinite(losses.instruction() + losses.answer())) {
      throw notFinite("loss", step, samples);
    }
  }

  /**
   * @param samples of this rank, among which the cause may be
   */
  private Failure notFinite(String what, long step, List<Sample> samples) {
    String names =
        samples.stream().limit(NAMES_IN_MESSAGE).map(Sample::id).collect(Collectors.joining(", "));
    return new Failure(
        ExitCode.BAD_DATA,
        "The %s of %s step %d is not finite, with samples %s%s on rank %d; lower the learning rate or set clipNorm, and run with --resume: the last checkpoint is kept."
            .formatted(
                what,
                stage.stage().label(),
                step,
                names,
                samples.size() > NAMES_IN_MESSAGE ? ", …" : "",
                ranks.rank()));
  }

  /** Number of trained weights, without the gaps of alignment. */
  long trainableParameters() {
    return gradients.trained().stream().mapToLong(Block::size).sum();
  }

  Gradients gradients() {
    return gradients;
  }

  AdamW optimizer() {
    return optimizer;
  }

  @Override
  public void close() {
    optimizer.close();
    pass.close();
    gradients.close();
    arithmetic.close();
  }
}
