package io.litoperator.worker.evaluate.judge;

import io.litoperator.worker.evaluate.text.PythonText;

/** What a judge thinks of an answer of HallusionBench. */
public enum Verdict {
  WRONG,
  RIGHT,
  UNCLEAR;

  /**
   * Reads a judgement ({@code evaluate_by_chatgpt} of lmms-eval): "incorrect" anywhere is wrong,
   * else "correct" anywhere is right, all else unclear.
   */
  public static Verdict of(String judgement) {
    String text = PythonText.lower(judgement);
    if (text.contains("incorrect")) {
      return WRONG;
    }
    return text.contains("correct") ? RIGHT : UNCLEAR;
  }
}
