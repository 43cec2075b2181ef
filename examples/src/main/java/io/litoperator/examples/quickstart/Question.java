package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.util.Optional;

/**
 * A question about a scene and its true answer.
 *
 * @param about the thing in the scene that the question is about; absent if it is about none or all
 */
record Question(Kind kind, String text, String answer, Optional<Thing> about) {

  /** The same question after {@code prefix}. */
  Question after(String prefix) {
    return new Question(kind, prefix + text, answer, about);
  }

  /** The text as a conversation's first: one-word answers are asked for by the task template. */
  String opening() {
    return kind.hasOneWordAnswer() ? text + "\n" + Grammar.SINGLE_WORD : text;
  }
}
