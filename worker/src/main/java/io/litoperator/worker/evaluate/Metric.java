package io.litoperator.worker.evaluate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the answers of a task are scored. Scoring is pure: the same answers give the same scores, in
 * whatever order they are.
 */
public sealed interface Metric permits AnswersMetric, PopeMetric, ChairMetric {

  /** The metric of a task, by the task's name; absent where no metric has that name. */
  static Optional<Metric> of(String task) {
    return switch (task) {
      case "answers" -> Optional.of(new AnswersMetric());
      case "pope" -> Optional.of(new PopeMetric());
      case "chair" -> Optional.of(new ChairMetric());
      default -> Optional.empty();
    };
  }

  /** Name and version of the definition; scores of different versions must not be compared. */
  String version();

  /** What a question lacks for this metric, as "must …"; absent where it can be scored. */
  Optional<String> problem(Question question);

  /** Whether an answer by itself would be called right. */
  boolean correct(Answered pair);

  /**
   * Scores from 0 to 1, the main one first.
   *
   * @param pairs every question of the task; at least one, and none that has a {@link #problem}
   */
  Map<String, Double> score(List<Answered> pairs);
}
