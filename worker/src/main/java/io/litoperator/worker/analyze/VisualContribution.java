package io.litoperator.worker.analyze;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.transfer.Progress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * How much the picture contributes to an answer: log p(answer | picture) - log p(answer | noise),
 * where noise is N(0, 1) at the level of normalised pixels (the paper's section 4, visual
 * contribution). Scores are per question: {@code mean}, its spread over draws of noise {@code
 * noiseSpread}, {@code perToken}, and the mean log-likelihood of the right answer {@code
 * logLikelihood}.
 */
public final class VisualContribution {
  private static final int DRAWS = 3;

  private final Inference model;
  private final Collective ranks;
  private final long seed;

  public VisualContribution(Inference model, Collective ranks, long seed) {
    this.model = model;
    this.ranks = ranks;
    this.seed = seed;
  }

  /**
   * @param samples makes a question with its picture and right answer, the answer supervised, in
   *     any thread
   * @param stopRequested asked before each batch; ranks may learn of it at different moments
   * @return the same scores on every rank; empty if a stop has left questions out
   */
  public Optional<Map<String, Double>> of(
      int questions,
      IntFunction<Sample> samples,
      BooleanSupplier stopRequested,
      Progress progress) {
    return new Share(ranks, questions, samples, stopRequested, progress)
        .sum(2 + DRAWS, this::add)
        .map(sums -> scores(sums, questions));
  }

  /** Sums: log-likelihood with the picture, answer tokens, then log-likelihood with each noise. */
  private void add(double[] sums, List<Integer> indices, List<Sample> samples) {
    sums[0] += sum(model.logLikelihood(samples));
    sums[1] += samples.stream().mapToInt(Sample::supervisedTokens).sum();
    for (int draw = 0; draw < DRAWS; draw++) {
      List<Sample> noisy = new ArrayList<>();
      for (int i = 0; i < samples.size(); i++) {
        noisy.add(withNoise(samples.get(i), indices.get(i), draw));
      }
      sums[2 + draw] += sum(model.logLikelihood(noisy));
    }
  }

  private Sample withNoise(Sample sample, int index, int draw) {
    SplittableRandom random = new SplittableRandom(seed * 31 + draw * 1_000_003L + index * 7_919L);
    return new Sample(
        sample.id(),
        sample.tokens(),
        sample.fates(),
        sample.pictures().stream().map(picture -> noise(picture, random)).toList());
  }

  private static Pixels noise(Pixels like, SplittableRandom random) {
    float[] values = new float[like.values().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new Pixels(like.height(), like.width(), values, like.tiling());
  }

  private static Map<String, Double> scores(double[] sums, int questions) {
    double[] means = new double[DRAWS];
    double mean = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      means[draw] = (sums[0] - sums[2 + draw]) / questions;
      mean += means[draw] / DRAWS;
    }
    double squares = 0;
    for (double one : means) {
      squares += (one - mean) * (one - mean);
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("mean", mean);
    scores.put("noiseSpread", Math.sqrt(squares / (DRAWS - 1)));
    scores.put("perToken", mean * questions / sums[1]);
    scores.put("logLikelihood", sums[0] / questions);
    return scores;
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
