package io.litoperator.examples.quickstart;

import io.litoperator.examples.quickstart.Scene.Thing;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;

/** Paints scenes, {@link #SIDE} pixels wide and high, RGB. */
final class Painter {
  /** All three channels of what is neither frame nor sprite. */
  static final int GREY = 118;

  static final int CELL = 32;
  static final int FRAME = 3;
  static final int SIDE = 3 * CELL;

  private static final int BACKGROUND = GREY << 16 | GREY << 8 | GREY;
  private static final int INSIDE = CELL - 2 * FRAME;

  private final Map<String, Sprite> sprites;

  /**
   * @param sprites by object name
   */
  Painter(Map<String, Sprite> sprites) {
    this.sprites = Map.copyOf(sprites);
  }

  /**
   * @param random places each sprite inside its frame
   */
  BufferedImage paint(Scene scene, Random random) {
    int[][] picture = new int[SIDE][SIDE];
    fill(picture, 0, 0, SIDE, BACKGROUND);
    for (Thing thing : scene.things()) {
      int left = thing.position().column() * CELL;
      int top = thing.position().row() * CELL;
      fill(picture, left, top, CELL, thing.color().rgb());
      fill(picture, left + FRAME, top + FRAME, INSIDE, BACKGROUND);
      int x = left + FRAME + random.nextInt(INSIDE - Sprite.SIDE + 1);
      int y = top + FRAME + random.nextInt(INSIDE - Sprite.SIDE + 1);
      draw(picture, x, y, sprites.get(thing.name()));
    }
    return image(picture);
  }

  private static void fill(int[][] picture, int left, int top, int side, int rgb) {
    for (int y = top; y < top + side; y++) {
      Arrays.fill(picture[y], left, left + side, rgb);
    }
  }

  private static void draw(int[][] picture, int left, int top, Sprite sprite) {
    for (int y = 0; y < Sprite.SIDE; y++) {
      for (int x = 0; x < Sprite.SIDE; x++) {
        picture[top + y][left + x] = sprite.rgb(x, y);
      }
    }
  }

  private static BufferedImage image(int[][] rows) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < SIDE; y++) {
      image.getRaster().setDataElements(0, y, SIDE, 1, rows[y]);
    }
    return image;
  }
}
