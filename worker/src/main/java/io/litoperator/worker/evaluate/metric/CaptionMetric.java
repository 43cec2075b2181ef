package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.caption.CaptionTokenizer;
import io.litoperator.worker.evaluate.caption.Cider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Captions compared with people's by {@link Cider}: {@code cider}, the mean of the captions'
 * scores, from 0 to 10. Frequencies of n-grams are those in the references of all questions, so
 * that a score of a part of a data set does not compare with that of the whole.
 */
public final class CaptionMetric implements Metric {
  @Override
  public String version() {
    return "cider-pycocoevalcap-1.2-own-tokens-3";
  }

  @Override
  public Optional<String> problem(Question question) {
    return Optional.empty();
  }

  /** Equal to one of the references but for case and a final full stop. */
  @Override
  public boolean correct(Answered pair) {
    return pair.question().references().answers().stream()
        .anyMatch(reference -> AnswerText.same(pair.prediction(), reference));
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    double mean = each(pairs).stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    return Map.of("cider", mean);
  }

  /** Each caption's score, among these captions. */
  static List<Double> each(List<Answered> pairs) {
    List<List<List<String>>> references = pairs.stream().map(CaptionMetric::references).toList();
    Cider cider = new Cider(references);
    List<Double> scores = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      scores.add(cider.of(CaptionTokenizer.tokens(pairs.get(i).prediction()), references.get(i)));
    }
    return scores;
  }

  private static List<List<String>> references(Answered pair) {
    return pair.question().references().answers().stream().map(CaptionTokenizer::tokens).toList();
  }
}
