package io.litoperator.examples.quickstart;

import java.awt.image.BufferedImage;

/** An object's picture on the scenes' grey, {@link #SIDE} pixels wide and high. */
final class Sprite {
  static final int SIDE = 24;

  private final int[][] rgb;

  private Sprite(int[][] rgb) {
    this.rgb = rgb;
  }

  /**
   * Blends the artwork over grey and scales it down. The weights of a resize sum to one, so this is
   * the same as scaling premultiplied colours and alpha, and blending then.
   *
   * @param artwork square, with alpha
   */
  static Sprite of(BufferedImage artwork) {
    int[][] rgb = new int[SIDE][SIDE];
    for (int shift = 16; shift >= 0; shift -= 8) {
      double[][] channel = Bicubic.resize(channelOverGrey(artwork, shift), SIDE);
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          long value = Math.max(0, Math.min(255, Math.round(channel[y][x])));
          rgb[y][x] |= (int) value << shift;
        }
      }
    }
    return new Sprite(rgb);
  }

  /** The pixel as 0xRRGGBB. */
  int rgb(int x, int y) {
    return rgb[y][x];
  }

  private static double[][] channelOverGrey(BufferedImage artwork, int shift) {
    double[][] channel = new double[artwork.getHeight()][artwork.getWidth()];
    for (int y = 0; y < channel.length; y++) {
      for (int x = 0; x < channel[y].length; x++) {
        int argb = artwork.getRGB(x, y);
        double alpha = (argb >>> 24) / 255.0;
        channel[y][x] = alpha * (argb >> shift & 0xff) + (1 - alpha) * Painter.GREY;
      }
    }
    return channel;
  }
}
