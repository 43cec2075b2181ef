package io.litoperator.worker.data.annotations;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;
import java.util.stream.Stream;

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

  /** That of a sample or table with these fields; LLaVA's where they have neither list. */
  static TurnForm of(Collection<String> fields) {
    return Stream.of(CONVERSATIONS, MESSAGES)
        .filter(form -> fields.contains(form.list))
        .findFirst()
        .orElse(CONVERSATIONS);
  }

  static TurnForm of(JsonNode sample) {
    return sample.hasNonNull(MESSAGES.list) && !sample.hasNonNull(CONVERSATIONS.list)
        ? MESSAGES
        : CONVERSATIONS;
  }
}
