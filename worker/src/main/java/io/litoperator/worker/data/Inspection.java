package io.litoperator.worker.data;

import io.litoperator.worker.plan.Objective;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sample for people to look at: every token's text and fate, and the pictures' files.
 *
 * @param reason why the sample cannot be trained on; absent for a good one
 */
public record Inspection(
    String id,
    Objective objective,
    List<Path> pictures,
    List<TokenText> tokens,
    Optional<String> reason) {

  public Inspection {
    pictures = List.copyOf(pictures);
    tokens = List.copyOf(tokens);
  }

  /** The part of the prompt that a token covers; {@code <image>} for a picture. */
  public record TokenText(String text, Fate fate) {}
}
