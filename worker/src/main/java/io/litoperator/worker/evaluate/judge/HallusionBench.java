package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Scores of HallusionBench (arXiv 2310.14566), as lmms-eval (75571cf) sums up judgements: shares of
 * questions answered right ({@code aAcc}), of figures with all their questions right ({@code
 * fAcc}), and of questions right on every figure they are asked of ({@code qAcc}).
 */
public record HallusionBench(JudgePrompt words) implements Judging {
  private static final String OWN_WORDS =
      """
      You check answers to questions about a figure. Read the question, the reference answer and \
      the answer of a model. Reply with one word:
      correct, if the model's answer does not conflict with the reference answer;
      incorrect, if it conflicts with it;
      unclear, if the model's answer does not make clear what it says.

      Question: {question}
      Reference answer: {answer}
      Model's answer: {prediction}
      Your word:""";

  /** In our own words. */
  public HallusionBench() {
    this(new JudgePrompt("own-words-1", OWN_WORDS));
  }

  @Override
  public Judging asking(JudgePrompt others) {
    return new HallusionBench(others);
  }

  @Override
  public String version() {
    return "hallusion-bench-lmms-eval-75571cf-" + words.name();
  }

  @Override
  public Optional<String> problem(Question question) {
    return Item.of(question.id()).isPresent()
        ? Optional.empty()
        : Optional.of("must have category/subcategory/set/figure/question in field id");
  }

  @Override
  public boolean numbersQuestions() {
    return true;
  }

  @Override
  public String prompt(Answered pair) {
    return words.about(pair);
  }

  @Override
  public boolean correct(Judgement judgement) {
    return judged(judgement).correct();
  }

  @Override
  public Map<String, Double> score(List<Judgement> judgements) {
    return scores(judgements.stream().map(HallusionBench::judged).toList());
  }

  private static Judged judged(Judgement judgement) {
    Item item = Item.of(judgement.pair().question().id()).orElseThrow();
    return new Judged(item, Verdict.of(judgement.text()));
  }

  /**
   * A question as the benchmark numbers it.
   *
   * @param category {@code VD}, that need the figure, or {@code VS}, that it supplements
   * @param figure 0 is the unchanged figure; in {@code VS}, no figure
   */
  public record Item(String category, String subcategory, int set, int figure, int question) {
    private static final Pattern ID =
        Pattern.compile("(V[DS])/([^/]+)/(\\d{1,9})/(\\d{1,9})/(\\d{1,9})");

    /** Of a question's id, {@code category/subcategory/set/figure/question}. */
    static Optional<Item> of(String id) {
      Matcher parts = ID.matcher(id);
      return parts.matches()
          ? Optional.of(
              new Item(
                  parts.group(1),
                  parts.group(2),
                  Integer.parseInt(parts.group(3)),
                  Integer.parseInt(parts.group(4)),
                  Integer.parseInt(parts.group(5))))
          : Optional.empty();
    }

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
