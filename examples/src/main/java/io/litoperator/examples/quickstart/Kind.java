package io.litoperator.examples.quickstart;

import java.util.Locale;
import java.util.Random;

/** Kinds of questions. */
enum Kind {
  WHERE(2, true),
  COLOR(2, true),
  /** As {@link #COLOR}, without the position; only asked in evaluation. */
  COLORP(0, false),
  WHATAT(1, true),
  WHATON(1, true),
  COUNT(1, false),
  EXIST(2, true),
  CAPTION(1.5, false);

  private final double weight;
  private final boolean mentions;

  Kind(double weight, boolean mentions) {
    this.weight = weight;
    this.mentions = mentions;
  }

  /** Draws a kind by its weight in the fine-tune's conversations. */
  static Kind draw(Random random) {
    double total = 0;
    for (Kind kind : values()) {
      total += kind.weight;
    }
    double rest = random.nextDouble() * total;
    for (Kind kind : values()) {
      rest -= kind.weight;
      if (rest < 0) {
        return kind;
      }
    }
    return CAPTION;
  }

  /** Its share of the fine-tune's questions is this over the sum of all weights. */
  double weight() {
    return weight;
  }

  /** Whether half of such questions begin by mentioning another thing in the picture. */
  boolean mentions() {
    return mentions;
  }

  boolean hasOneWordAnswer() {
    return this != CAPTION;
  }

  /** As in the questions' files. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
