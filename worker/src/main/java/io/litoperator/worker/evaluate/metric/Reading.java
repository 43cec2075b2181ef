package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;

/**
 * Post-processing: what an answer is taken to say.
 *
 * @param <A> what comes of it
 */
@FunctionalInterface
public interface Reading<A> {
  /**
   * @param prediction without blanks around it
   */
  A of(String prediction, Question question);

  /** The answer as it stands. */
  static Reading<String> plain() {
    return (prediction, question) -> prediction;
  }
}
