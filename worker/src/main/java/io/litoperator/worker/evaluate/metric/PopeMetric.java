package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Object hallucination asked for by yes and no (POPE, arXiv 2305.10355), as lmms-eval scores it
 * (75571cf): an answer counts if it is {@code yes} or {@code no} but for case and blanks around it;
 * any other is wrong. {@code precision}, {@code recall} and {@code f1} are of yes; as upstream,
 * recall leaves out answers that are neither.
 *
 * <p>{@code yesRatio} is, as upstream, the share of yes among the right answers; {@code
 * predictedYesRatio} is that among the model's.
 */
public final class PopeMetric implements Metric {
  private static final String YES = "yes";
  private static final String NO = "no";

  @Override
  public String version() {
    return "pope-lmms-eval-75571cf";
  }

  @Override
  public Optional<String> problem(Question question) {
    String answer = AnswerText.lower(question.answer());
    return answer.equals(YES) || answer.equals(NO)
        ? Optional.empty()
        : Optional.of("must have yes or no in field answer");
  }

  @Override
  public boolean correct(Answered pair) {
    return AnswerText.lower(pair.prediction()).equals(AnswerText.lower(pair.question().answer()));
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    double hits = count(pairs, YES, YES);
    double misses = count(pairs, YES, NO);
    double falseAlarms = count(pairs, NO, YES);
    double precision = Ratio.of(hits, hits + falseAlarms);
    double recall = Ratio.of(hits, hits + misses);

    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("accuracy", Ratio.of(pairs.stream().filter(this::correct).count(), pairs.size()));
    scores.put("precision", precision);
    scores.put("recall", recall);
    scores.put("f1", Ratio.of(2 * precision * recall, precision + recall));
    scores.put("yesRatio", Ratio.of(pairs.stream().filter(this::isYes).count(), pairs.size()));
    scores.put("predictedYesRatio", Ratio.of(hits + falseAlarms, pairs.size()));
    return scores;
  }

  private boolean isYes(Answered pair) {
    return AnswerText.lower(pair.question().answer()).equals(YES);
  }

  private static double count(List<Answered> pairs, String right, String predicted) {
    return pairs.stream()
        .filter(pair -> AnswerText.lower(pair.question().answer()).equals(right))
        .filter(pair -> AnswerText.lower(pair.prediction()).equals(predicted))
        .count();
  }
}
