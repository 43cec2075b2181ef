package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A metric that grades each answer on its own, then aggregates the grades.
 *
 * @param need what it needs of a question
 */
public record AnswerMetric<A>(
    String version, Need need, Reading<A> reading, Grading<A> grading, Aggregation aggregation)
    implements Metric {

  @Override
  public Optional<String> problem(Question question) {
    return need.problem(question);
  }

  /** How right an answer is, from 0 to 1; blanks around it do not matter. */
  public double grade(Answered pair) {
    Question question = pair.question();
    return grading.of(reading.of(PythonText.strip(pair.prediction()), question), question);
  }

  /** At least half right. */
  @Override
  public boolean correct(Answered pair) {
    return grade(pair) >= 0.5;
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    return aggregation.of(
        pairs.stream().map(pair -> new Graded(pair.question(), grade(pair))).toList());
  }
}
