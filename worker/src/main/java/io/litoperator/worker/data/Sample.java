package io.litoperator.worker.data;

import java.util.Optional;

/**
 * One conversation as the model is trained on it.
 *
 * @param id the annotation's {@code id}, or its index where it has none
 * @param tokens token ids; {@link #IMAGE} stands for the picture, once
 * @param fates what becomes of each token; as long as {@code tokens}
 * @param picture what the vision tower sees; present if and only if {@code tokens} holds {@link
 *     #IMAGE}
 */
public record Sample(String id, int[] tokens, Fate[] fates, Optional<Pixels> picture) {
  /** Placeholder of a picture among token ids, as in the references. */
  public static final int IMAGE = -200;

  /** Label of a token that is not supervised. */
  public static final int IGNORE = -100;

  /**
   * Number of tokens that the loss is taken over; the first token of a sequence is never predicted.
   */
  public int supervisedTokens() {
    return Fate.supervised(fates);
  }
}
