package io.litoperator.worker.evaluate.judge;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Scores of HallusionBench (arXiv 2310.14566), as lmms-eval (75571cf) sums up judgements: shares of
 * questions answered right ({@code aAcc}), of figures with all their questions right ({@code
 * fAcc}), and of questions right on every figure they are asked of ({@code qAcc}).
 */
public final class HallusionBench {
  public static final String VERSION = "hallusion-bench-lmms-eval-75571cf";

  private HallusionBench() {}

  /**
   * A question as the benchmark numbers it.
   *
   * @param category {@code VD}, that need the figure, or {@code VS}, that it supplements
   * @param figure 0 is the unchanged figure; in {@code VS}, no figure
   */
  public record Item(String category, String subcategory, int set, int figure, int question) {
    private boolean isWithoutFigure() {
      return category.equals("VS") && figure == 0;
    }
  }

  /** An item and what the judge thinks of its answer. */
  public record Judged(Item item, Verdict verdict) {
    /** Right; without a figure, not to know is right too. */
    public boolean correct() {
      return verdict == Verdict.RIGHT || item.isWithoutFigure() && verdict == Verdict.UNCLEAR;
    }
  }

  private record Figure(String category, String subcategory, int set, int figure) {}

  private record Pair(String category, String subcategory, int set, int question) {}

  /**
   * The scores by name, from 0 to 1; that of nothing is 0.
   *
   * @throws IllegalArgumentException if an item occurs twice
   */
  public static Map<String, Double> scores(List<Judged> judged) {
    if (judged.stream().map(Judged::item).distinct().count() < judged.size()) {
      throw new IllegalArgumentException("an item of HallusionBench is judged twice");
    }
    List<Judged> onFigures = judged.stream().filter(j -> !j.item().isWithoutFigure()).toList();
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("aAcc", allCorrect(judged, Judged::item));
    scores.put(
        "fAcc",
        allCorrect(
            onFigures,
            j ->
                new Figure(
                    j.item().category(),
                    j.item().subcategory(),
                    j.item().set(),
                    j.item().figure())));
    scores.put(
        "qAcc",
        allCorrect(
            judged,
            j ->
                new Pair(
                    j.item().category(),
                    j.item().subcategory(),
                    j.item().set(),
                    j.item().question())));
    return scores;
  }

  /** The share of groups all of whose members are right. */
  private static double allCorrect(List<Judged> judged, Function<Judged, ?> group) {
    Collection<Boolean> groups =
        judged.stream()
            .collect(
                Collectors.groupingBy(
                    group, Collectors.reducing(true, Judged::correct, Boolean::logicalAnd)))
            .values();
    return groups.stream().mapToInt(correct -> correct ? 1 : 0).average().orElse(0);
  }
}
