package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import java.util.Optional;
import java.util.function.Predicate;

/** What a metric needs of a question. */
@FunctionalInterface
public interface Need {
  /** What the question lacks, as "must …"; absent where it lacks nothing. */
  Optional<String> problem(Question question);

  static Need nothing() {
    return question -> Optional.empty();
  }

  /**
   * @param text says what must be so, as "must …"
   */
  static Need that(Predicate<Question> met, String text) {
    return question -> met.test(question) ? Optional.empty() : Optional.of(text);
  }

  /** A question's kind, by which scores are told apart. */
  static Need kind(String of) {
    return that(
        question -> question.kind().isPresent(),
        "must have text in field kind, by which " + of + " are scored");
  }

  /** Choices, and the letter of one of them for an answer. */
  static Need choices() {
    return that(
        question -> Choices.letters(question).contains(question.answer()),
        "must have choices, and the letter of one of them in field answer");
  }

  default Need and(Need other) {
    return question -> problem(question).or(() -> other.problem(question));
  }
}
