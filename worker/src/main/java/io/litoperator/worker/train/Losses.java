package io.litoperator.worker.train;

import io.litoperator.worker.model.Targets;

/**
 * Sums of token losses, instructions and answers apart.
 *
 * @param instruction sum of negative log-likelihoods
 */
public record Losses(
    double instruction, double answer, double instructionTokens, double answerTokens) {
  public static final Losses NONE = new Losses(0, 0, 0, 0);

  /** Sums token losses, one for each target. */
  static Losses of(float[] losses, Targets targets) {
    double instruction = 0;
    double answer = 0;
    int answers = 0;
    for (int i = 0; i < losses.length; i++) {
      if (targets.answer()[i]) {
        answer += losses[i];
        answers++;
      } else {
        instruction += losses[i];
      }
    }
    return new Losses(instruction, answer, losses.length - answers, answers);
  }

  public Losses plus(Losses other) {
    return new Losses(
        instruction + other.instruction,
        answer + other.answer,
        instructionTokens + other.instructionTokens,
        answerTokens + other.answerTokens);
  }

  double sum() {
    return instruction + answer;
  }

  public double tokens() {
    return instructionTokens + answerTokens;
  }

  /** Mean over all supervised tokens. */
  public double mean() {
    return sum() / tokens();
  }
}
