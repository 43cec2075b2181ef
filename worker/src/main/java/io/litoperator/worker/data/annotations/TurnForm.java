package io.litoperator.worker.data.annotations;

import java.util.function.Predicate;

/**
 * The names by which samples hold their turns.
 *
 * @param list field with the turns
 * @param speaker field of a turn: {@code human} or {@code model}
 * @param text field of a turn: what is said
 */
record TurnForm(String list, String speaker, String text, String human, String model) {
  /** LLaVA's, and LLaMA-Factory's {@code sharegpt}. */
  private static final TurnForm CONVERSATIONS =
      new TurnForm("conversations", "from", "value", "human", "gpt");

  /** Of chat services, ms-swift, and tables of the TRL. */
  private static final TurnForm MESSAGES =
      new TurnForm("messages", "role", "content", "user", "assistant");

  /** Of a sample or table; LLaVA's where it has both lists, or neither. */
  static TurnForm of(Predicate<String> hasField) {
    return hasField.test(MESSAGES.list) && !hasField.test(CONVERSATIONS.list)
        ? MESSAGES
        : CONVERSATIONS;
  }
}
