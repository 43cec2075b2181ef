package io.litoperator.worker.evaluate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Exact match of short answers, but for case, blanks around them and one final full stop: {@code
 * accuracy}, the mean of the kinds' accuracies so that every kind counts the same, and {@code
 * accuracy.<kind>} for each.
 */
public final class AnswersMetric implements Metric {
  @Override
  public String version() {
    return "answers-1";
  }

  @Override
  public Optional<String> problem(Question question) {
    return question.kind().isPresent()
        ? Optional.empty()
        : Optional.of("must have text in field kind, by which answers are scored");
  }

  @Override
  public boolean correct(Answered pair) {
    return AnswerText.same(pair.prediction(), pair.question().answer());
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    Map<String, Double> byKind =
        pairs.stream()
            .collect(
                Collectors.groupingBy(
                    pair -> pair.question().kind().orElseThrow(),
                    TreeMap::new,
                    Collectors.averagingInt(pair -> correct(pair) ? 1 : 0)));
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put(
        "accuracy",
        byKind.values().stream().mapToDouble(Double::doubleValue).average().orElseThrow());
    byKind.forEach((kind, accuracy) -> scores.put("accuracy." + kind, accuracy));
    return scores;
  }
}
