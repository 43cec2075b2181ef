package io.litoperator.worker.bench;

import io.litoperator.worker.data.Sample;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.model.Inference;
import io.litoperator.worker.model.VisionLanguageModel;
import io.litoperator.worker.torch.Torch;
import java.util.List;
import java.util.Set;

/**
 * Times greedy answers to synthetic prompts: one picture and then random text, all continued to
 * full length.
 */
public final class GenerateBench {
  private static final int SEED = 1;

  private final BenchOptions options;
  private final int newTokens;

  /**
   * @param options whose shape is the prompts', and whose steps are runs
   */
  public GenerateBench(BenchOptions options, int newTokens) {
    this.options = options;
    this.newTokens = newTokens;
  }

  /**
   * What was measured, of the best run.
   *
   * @param prompt tokens of the longest prompt, its picture's among them
   * @param secondsToFirst for all prompts' first tokens
   * @param decodeTokensPerSecond without the first tokens
   */
  public record Result(
      int batch,
      int prompt,
      int newTokens,
      double seconds,
      double tokensPerSecond,
      double secondsToFirst,
      double decodeTokensPerSecond,
      int threads) {}

  /** Measures; torch must have been started. */
  public Result run() {
    try (VisionLanguageModel model = Bench.load(options, new Alone());
        Inference inference = new Inference(model)) {
      List<Sample> prompts = SyntheticBatch.of(options.shape(), model.config(), SEED);
      seconds(inference, prompts, 2);
      double first = seconds(inference, prompts, 1);
      double best = Double.MAX_VALUE;
      for (int i = 0; i < options.steps(); i++) {
        first = Math.min(first, seconds(inference, prompts, 1));
        best = Math.min(best, seconds(inference, prompts, newTokens));
      }
      int batch = prompts.size();
      return new Result(
          batch,
          prompts.stream().mapToInt(p -> p.tokens().length - 1).max().orElseThrow()
              + model.config().imageTokens(),
          newTokens,
          best,
          batch * newTokens / best,
          first,
          batch * (newTokens - 1) / (best - first),
          Torch.threads());
    }
  }

  private static double seconds(Inference inference, List<Sample> prompts, int newTokens) {
    long start = System.nanoTime();
    inference.generate(prompts, new Inference.Limits(newTokens, Set.of(), true));
    return (System.nanoTime() - start) * 1e-9;
  }
}
