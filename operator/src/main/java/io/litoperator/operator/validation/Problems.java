package io.litoperator.operator.validation;

import io.litoperator.api.job.Problem;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects what is wrong with a part of a job.
 *
 * @param part path of it, to which fields are added; empty for the whole job
 */
record Problems(String part, List<Problem> found) {
  static Problems of(String part) {
    return new Problems(part, new ArrayList<>());
  }

  /**
   * @param field within the part
   * @param text with places for the values
   */
  void add(String field, String text, Object... values) {
    found.add(new Problem(part + field, text.formatted(values)));
  }
}
