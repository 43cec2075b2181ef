package io.litoperator.examples.quickstart;

import java.util.Locale;

/** The cells of a picture's 3×3 grid, in reading order. */
enum Position {
  TOP_LEFT,
  TOP,
  TOP_RIGHT,
  LEFT,
  CENTER,
  RIGHT,
  BOTTOM_LEFT,
  BOTTOM,
  BOTTOM_RIGHT;

  int row() {
    return ordinal() / 3;
  }

  int column() {
    return ordinal() % 3;
  }

  /** As conversations name it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
