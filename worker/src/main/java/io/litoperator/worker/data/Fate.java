package io.litoperator.worker.data;

/** What becomes of a token in training. */
public enum Fate {
  /** Read but not learnt: system prompt, roles, picture, all that the objective leaves out. */
  MASKED(false),
  /** Part of a task template, which the objective leaves out. */
  TEMPLATE(false),
  /** Supervised, and part of what the human says (or of what no one says, under AllTokens). */
  INSTRUCTION(true),
  /** Supervised, and part of what the model answers, its end of sequence included. */
  ANSWER(true);

  private final boolean supervised;

  Fate(boolean supervised) {
    this.supervised = supervised;
  }

  public boolean supervised() {
    return supervised;
  }

  /**
   * Number of tokens that the loss is taken over; the first token of a sequence is never predicted.
   */
  public static int supervised(Fate[] fates) {
    int count = 0;
    for (int i = 1; i < fates.length; i++) {
      if (fates[i].supervised) {
        count++;
      }
    }
    return count;
  }
}
