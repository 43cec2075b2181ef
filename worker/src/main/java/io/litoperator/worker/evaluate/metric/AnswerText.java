package io.litoperator.worker.evaluate.metric;

import java.util.Locale;

/** Answers made comparable. */
final class AnswerText {
  private AnswerText() {}

  /** Whether two answers are equal but for case, blanks around them and one final full stop. */
  static boolean same(String one, String other) {
    return normalise(one).equals(normalise(other));
  }

  private static String normalise(String text) {
    String plain = lower(text);
    return plain.endsWith(".") ? plain.substring(0, plain.length() - 1).strip() : plain;
  }

  static String lower(String text) {
    return text.strip().toLowerCase(Locale.ROOT);
  }
}
