package io.litoperator.worker.data;

import java.util.Arrays;
import java.util.List;

/**
 * One conversation as the model is trained on it.
 *
 * @param id the annotation's {@code id}, or its index where it has none
 * @param tokens token ids; {@link #IMAGE} stands for a picture
 * @param fates what becomes of each token; as long as {@code tokens}
 * @param pictures what the vision tower sees: one for each {@link #IMAGE}, in their order
 */
public record Sample(String id, int[] tokens, Fate[] fates, List<Pixels> pictures) {
  /** Placeholder of a picture among token ids, as in the references. */
  public static final int IMAGE = -200;

  /** Label of a token that is not supervised. */
  public static final int IGNORE = -100;

  public Sample {
    pictures = List.copyOf(pictures);
    if (placeholders(tokens) != pictures.size()) {
      throw new IllegalArgumentException(
          "sample %s has %d pictures and places for %d"
              .formatted(id, pictures.size(), placeholders(tokens)));
    }
  }

  /** The same with other pictures, as many. */
  public Sample with(List<Pixels> others) {
    return new Sample(id, tokens, fates, others);
  }

  /** Number of pictures that tokens stand for. */
  public static int placeholders(int[] tokens) {
    return (int) Arrays.stream(tokens).filter(token -> token == IMAGE).count();
  }

  /**
   * Number of tokens that the loss is taken over; the first token of a sequence is never predicted.
   */
  public int supervisedTokens() {
    return Fate.supervised(fates);
  }
}
