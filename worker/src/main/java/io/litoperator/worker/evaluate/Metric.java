package io.litoperator.worker.evaluate;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the answers of a task are scored. Scoring is pure: the same answers give the same scores, in
 * whatever order they are.
 */
public interface Metric {

  /** Name and version of the definition; scores of different versions must not be compared. */
  String version();

  /** What a question lacks for this metric, as "must …"; absent where it can be scored. */
  Optional<String> problem(Question question);

  /** Whether an answer by itself would be called right. */
  boolean correct(Answered pair);

  /**
   * Scores by name, the main one first; shares are from 0 to 1, sums as their definition has them.
   *
   * @param pairs every question of the task; at least one, and none that has a {@link #problem}
   */
  Map<String, Double> score(List<Answered> pairs);
}
