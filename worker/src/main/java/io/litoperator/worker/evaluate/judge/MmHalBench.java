package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Scores of MMHal-Bench (arXiv 2309.14525), by the rule of its {@code eval_gpt4.py}: a judge rates
 * each answer from 0 to 6, and below 3 the answer hallucinates. {@code score} is the mean rating,
 * {@code hallucination} the share of hallucinating answers, {@code score.<type>} the mean of each
 * of the eight types of question.
 *
 * <p>A judgement that gives no rating, or several, counts as 0 there, as here; {@code unreadable}
 * is the share of such judgements, so that a failing judge does not pass for a bad model.
 */
public final class MmHalBench {
  public static final String VERSION = "mmhal-bench-eval_gpt4-1";

  private static final int HIGHEST = 6;
  private static final int LEAST_FAITHFUL = 3;

  private MmHalBench() {}

  /**
   * @param type of the question, such as {@code counting}
   */
  public record Judged(String type, String judgement) {
    private int score() {
      return rating(judgement).orElse(0);
    }
  }

  /** The one rating, 0 to 6, that a judgement gives as {@code rating: N} in any case. */
  public static OptionalInt rating(String judgement) {
    String text = PythonText.lower(judgement);
    int[] found =
        IntStream.rangeClosed(0, HIGHEST).filter(n -> text.contains("rating: " + n)).toArray();
    return found.length == 1 ? OptionalInt.of(found[0]) : OptionalInt.empty();
  }

  /**
   * @param judged at least one
   */
  public static Map<String, Double> scores(List<Judged> judged) {
    SortedMap<String, Double> types =
        judged.stream()
            .collect(
                Collectors.groupingBy(
                    Judged::type, TreeMap::new, Collectors.averagingInt(Judged::score)));
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("score", judged.stream().mapToInt(Judged::score).average().orElseThrow());
    scores.put(
        "hallucination", share(judged.stream().map(j -> j.score() < LEAST_FAITHFUL).toList()));
    scores.put(
        "unreadable", share(judged.stream().map(j -> rating(j.judgement()).isEmpty()).toList()));
    types.forEach((type, score) -> scores.put("score." + type, score));
    return scores;
  }

  private static double share(List<Boolean> flags) {
    return flags.stream().mapToInt(flag -> flag ? 1 : 0).average().orElseThrow();
  }
}
