package io.litoperator.worker.plan;

/** What the loss is taken over in the fine-tune stage (the four rows of the paper's Table 3). */
public enum Objective {
  /** Answers only: visual instruction tuning. */
  VIT("VIT"),
  /** Every token but the image and BOS. */
  ALL_TOKENS("AllTokens"),
  /** Answers and instructions, without the system prompt and the role tokens. */
  NO_ROLE_TOKENS("NoRoleTokens"),
  /** As {@link #NO_ROLE_TOKENS}, without task templates: learning to instruct. */
  LIT("LIT");

  private final String label;

  Objective(String label) {
    this.label = label;
  }

  /** The name used in jobs, on the command line and in reports. */
  public String label() {
    return label;
  }
}
