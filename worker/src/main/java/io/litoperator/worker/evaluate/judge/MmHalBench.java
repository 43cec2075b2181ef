package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.metric.Need;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
public record MmHalBench(JudgePrompt words) implements Judging {
  private static final String OWN_WORDS =
      """
      You judge the answer of a vision-language model to a question about a picture. What counts is \
      whether the answer is informative, and whether it hallucinates: whether it says anything \
      about objects, actions, feelings or other details that the picture does not show. You see \
      the picture's contents as a list of objects, and an answer that a person gave.

      Picture's contents: {contents}
      Question: {question}
      Person's answer: {answer}
      Model's answer: {prediction}

      Rate the model's answer:
      Rating: 6, very informative with good analysis or reasoning, no hallucination
      Rating: 5, very informative, no hallucination
      Rating: 4, somewhat informative, no hallucination
      Rating: 3, not informative, no hallucination
      Rating: 2, very informative, with hallucination
      Rating: 1, somewhat informative, with hallucination
      Rating: 0, not informative, with hallucination

      Think it over in a few sentences without naming ratings, then end with one line, \
      "Rating: " and the number.""";

  private static final int HIGHEST = 6;
  private static final int LEAST_FAITHFUL = 3;

  /** In our own words, with the benchmark's scale. */
  public MmHalBench() {
    this(new JudgePrompt("own-words-1", OWN_WORDS));
  }

  @Override
  public Judging asking(JudgePrompt others) {
    return new MmHalBench(others);
  }

  @Override
  public String version() {
    return "mmhal-bench-eval_gpt4-" + words.name();
  }

  @Override
  public Optional<String> problem(Question question) {
    return Need.kind("answers").problem(question);
  }

  @Override
  public boolean numbersQuestions() {
    return false;
  }

  @Override
  public String prompt(Answered pair) {
    return words.about(pair);
  }

  @Override
  public boolean correct(Judgement judgement) {
    return judged(judgement).score() >= LEAST_FAITHFUL;
  }

  @Override
  public Map<String, Double> score(List<Judgement> judgements) {
    return scores(judgements.stream().map(MmHalBench::judged).toList());
  }

  private static Judged judged(Judgement judgement) {
    return new Judged(judgement.pair().question().kind().orElse("other"), judgement.text());
  }

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
