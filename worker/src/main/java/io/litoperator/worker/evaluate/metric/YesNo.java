package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.text.PythonText;

/**
 * What an answer to a yes-or-no question of MME says ({@code parse_pred_ans} of lmms-eval): {@code
 * yes} or {@code no} where that is among the first four characters or all there is is its letter,
 * else {@code other}.
 */
final class YesNo implements Reading<String> {
  private static final int LOOKED_AT = 4;

  @Override
  public String of(String prediction, Question question) {
    return of(prediction);
  }

  static String of(String text) {
    String plain = plain(text);
    String start = PythonText.prefix(plain, LOOKED_AT);
    if (start.contains("yes") || plain.equals("y")) {
      return "yes";
    }
    return start.contains("no") || plain.equals("n") ? "no" : "other";
  }

  static double same(String said, Question question) {
    return Gradings.grade(said.equals(plain(question.answer())));
  }

  static String plain(String text) {
    return PythonText.strip(PythonText.lower(text)).replace(".", "");
  }
}
