package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import java.util.List;
import java.util.stream.IntStream;

/** The letters of a question's choices. */
public final class Choices {
  private Choices() {}

  /** {@code A} and on, one for each choice. */
  public static List<String> letters(Question question) {
    return IntStream.range(0, question.references().choices().size())
        .mapToObj(i -> Character.toString('A' + i))
        .toList();
  }
}
