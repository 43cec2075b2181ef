package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;

/**
 * A question and how right its answer was.
 *
 * @param grade from 0 to 1
 */
public record Graded(Question question, double grade) {
  /** The question's kind; {@code other} for one without. */
  String kind() {
    return question.kind().orElse("other");
  }
}
