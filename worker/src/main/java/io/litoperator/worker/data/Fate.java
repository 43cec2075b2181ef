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
}
