package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;

/**
 * How right one answer is.
 *
 * @param <A> what a {@link Reading} makes of an answer
 */
@FunctionalInterface
public interface Grading<A> {
  /** From 0, wrong, to 1, right. */
  double of(A said, Question question);
}
