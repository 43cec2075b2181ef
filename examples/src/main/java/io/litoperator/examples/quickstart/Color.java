package io.litoperator.examples.quickstart;

import java.util.Locale;

/** The frames' colours. */
enum Color {
  RED(225, 90, 90),
  GREEN(100, 195, 100),
  BLUE(95, 125, 225),
  YELLOW(235, 215, 95),
  PURPLE(165, 100, 200),
  ORANGE(240, 160, 70);

  private final int rgb;

  Color(int red, int green, int blue) {
    this.rgb = red << 16 | green << 8 | blue;
  }

  /** As 0xRRGGBB. */
  int rgb() {
    return rgb;
  }

  /** As conversations name it. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
