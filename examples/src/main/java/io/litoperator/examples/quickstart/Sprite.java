package io.litoperator.examples.quickstart;

import java.awt.image.BufferedImage;
import java.util.function.IntToDoubleFunction;

/** An object's picture on the scenes' grey, {@link #SIDE} pixels wide and high. */
final class Sprite {
  static final int SIDE = 24;

  private final int[][] rgb;

  private Sprite(int[][] rgb) {
    this.rgb = rgb;
  }

  /**
   * Scales the artwork down, colours premultiplied by alpha as Pillow does, and blends it over
   * grey.
   *
   * @param artwork square, with alpha
   */
  static Sprite of(BufferedImage artwork) {
    double[][] opacity = Bicubic.resize(plane(artwork, Sprite::alpha), SIDE);
    int[][] rgb = new int[SIDE][SIDE];
    for (int shift = 16; shift >= 0; shift -= 8) {
      double[][] channel = Bicubic.resize(premultiplied(artwork, shift), SIDE);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double alpha = clamp(opacity[y][x], 1);
          double value = clamp(channel[y][x], 255 * alpha) + (1 - alpha) * Painter.GREY;
          rgb[y][x] |= (int) Math.round(value) << shift;
        }
      }
    }
    return new Sprite(rgb);
  }

  /** The pixel as 0xRRGGBB. */
  int rgb(int x, int y) {
    return rgb[y][x];
  }

  /** The channel's values, 0 to 255, times alpha. */
  private static double[][] premultiplied(BufferedImage artwork, int shift) {
    return plane(artwork, argb -> alpha(argb) * (argb >> shift & 0xff));
  }

  private static double[][] plane(BufferedImage artwork, IntToDoubleFunction value) {
    double[][] plane = new double[artwork.getHeight()][artwork.getWidth()];
    for (int y = 0; y < plane.length; y++) {
      for (int x = 0; x < plane[y].length; x++) {
        plane[y][x] = value.applyAsDouble(artwork.getRGB(x, y));
      }
    }
    return plane;
  }

  /** 0 to 1. */
  private static double alpha(int argb) {
    return (argb >>> 24) / 255.0;
  }

  /** Bicubic resizing overshoots at edges. */
  private static double clamp(double value, double most) {
    return Math.max(0, Math.min(most, value));
  }
}
