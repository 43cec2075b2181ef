package io.litoperator.worker.data.labels;

import java.util.List;
import java.util.Optional;

/**
 * A conversation as one text, and what its characters are. What no span covers (system prompt,
 * roles, separators) nobody says.
 *
 * @param images where the text holds {@code <image>}, in order
 * @param questions what the human says, without pictures and the newline after each; a turn with a
 *     picture between its words has several spans
 * @param answers what the model is to write in each turn, from the space before it to its end of
 *     sequence; a turn that the format leaves open has none
 */
record Prompt(
    String text,
    List<Span> images,
    List<Span> questions,
    List<Span> answers,
    Optional<Unlabelled> unlabelled) {

  Prompt {
    images = List.copyOf(images);
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
  }

  /**
   * From where on the references lose track of the turns, and then, with a warning only, leave the
   * whole sample out of the loss.
   *
   * @param from first character of the turn
   * @param reason completes "it cannot be labelled, because …"
   */
  record Unlabelled(int from, String reason) {}
}
