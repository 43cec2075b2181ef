package io.litoperator.worker.model;

import io.litoperator.worker.data.Fate;
import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * The rows of a packed batch whose next token is supervised.
 *
 * @param rows in rising order
 * @param ids the next token of each
 * @param answer whether that token is part of an answer
 */
public record Targets(long[] rows, long[] ids, boolean[] answer) {

  /**
   * @param samples in their order in the pack
   * @param imageTokens rows of a picture; {@link ModelConfig#imageTokens(Pixels)}
   */
  public static Targets of(List<Sample> samples, ToIntFunction<Pixels> imageTokens) {
    int count = samples.stream().mapToInt(Sample::supervisedTokens).sum();
    Targets targets = new Targets(new long[count], new long[count], new boolean[count]);
    int row = 0;
    int target = 0;
    for (Sample sample : samples) {
      int[] tokens = sample.tokens();
      int picture = 0;
      for (int i = 0; i < tokens.length; i++) {
        row +=
            tokens[i] == Sample.IMAGE
                ? imageTokens.applyAsInt(sample.pictures().get(picture++))
                : 1;
        if (i + 1 < tokens.length && sample.fates()[i + 1].supervised()) {
          targets.rows[target] = row - 1;
          targets.ids[target] = tokens[i + 1];
          targets.answer[target++] = sample.fates()[i + 1] == Fate.ANSWER;
        }
      }
    }
    return targets;
  }

  /** Those from {@code start} to {@code end}, of the same rows. */
  public Targets part(int start, int end) {
    return new Targets(
        Arrays.copyOfRange(rows, start, end),
        Arrays.copyOfRange(ids, start, end),
        Arrays.copyOfRange(answer, start, end));
  }

  public int count() {
    return rows.length;
  }
}
