package io.litoperator.worker.analyze;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.transfer.Progress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;

/**
 * The loss of conversations that nothing is trained on, a token: of answers ({@code answer}), which
 * compares between objectives; of instructions ({@code instruction}), if any are supervised; and of
 * both ({@code loss}), as a training step tells it.
 */
public final class HeldOutLoss {
  private static final int ANSWERS = 0;
  private static final int INSTRUCTIONS = 2;
  private static final int SUMS = 4;

  private final Inference model;
  private final Collective ranks;

  public HeldOutLoss(Inference model, Collective ranks) {
    this.model = model;
    this.ranks = ranks;
  }

  /**
   * @param count of all samples
   * @param samples makes one by its number, in any thread
   * @param stopRequested asked before each batch; ranks may learn of it at different moments
   * @return the same scores on every rank; empty if a stop has left samples out
   */
  public Optional<Map<String, Double>> of(
      int count, IntFunction<Sample> samples, BooleanSupplier stopRequested, Progress progress) {
    return new Share(ranks, count, samples, stopRequested, progress)
        .sum(SUMS, (sums, numbers, batch) -> add(sums, batch))
        .map(HeldOutLoss::scores);
  }

  /** Sums: losses of answers and how many tokens these are, then of instructions. */
  private void add(double[] sums, List<Sample> batch) {
    float[] losses = model.tokenLosses(batch);
    int at = 0;
    for (Sample sample : batch) {
      // The first token follows nothing, so that it has no loss.
      for (int i = 1; i < sample.fates().length; i++) {
        if (sample.fates()[i].supervised()) {
          int kind = sample.fates()[i] == Fate.ANSWER ? ANSWERS : INSTRUCTIONS;
          sums[kind] += losses[at++];
          sums[kind + 1]++;
        }
      }
    }
  }

  private static Map<String, Double> scores(double[] sums) {
    Map<String, Double> scores = new LinkedHashMap<>();
    putMean(scores, "answer", sums[ANSWERS], sums[ANSWERS + 1]);
    putMean(scores, "instruction", sums[INSTRUCTIONS], sums[INSTRUCTIONS + 1]);
    putMean(
        scores,
        "loss",
        sums[ANSWERS] + sums[INSTRUCTIONS],
        sums[ANSWERS + 1] + sums[INSTRUCTIONS + 1]);
    return scores;
  }

  /** Where everything was cut off but questions, there is no token of an answer. */
  private static void putMean(Map<String, Double> scores, String name, double sum, double tokens) {
    if (tokens > 0) {
      scores.put(name, sum / tokens);
    }
  }
}
