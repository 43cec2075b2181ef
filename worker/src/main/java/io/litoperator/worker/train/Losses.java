package io.litoperator.worker.train;

/**
 * Sums of token losses, instructions and answers apart.
 *
 * @param instruction sum of negative log-likelihoods
 */
public record Losses(
    double instruction, double answer, double instructionTokens, double answerTokens) {
  public static final Losses NONE = new Losses(0, 0, 0, 0);

  public Losses plus(Losses other) {
    return new Losses(
        instruction + other.instruction,
        answer + other.answer,
        instructionTokens + other.instructionTokens,
        answerTokens + other.answerTokens);
  }

  public double tokens() {
    return instructionTokens + answerTokens;
  }

  /** Mean over all supervised tokens. */
  public double mean() {
    return (instruction + answer) / tokens();
  }
}
