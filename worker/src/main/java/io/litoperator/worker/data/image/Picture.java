package io.litoperator.worker.data.image;

import java.util.Arrays;

/**
 * An RGB picture of 8 bits a channel. The array is shared, not copied: do not write to it.
 *
 * @param rgb rows from the top, pixels from the left, red, green, blue: {@code height · width · 3}
 */
public record Picture(int width, int height, byte[] rgb) {
  static final int CHANNELS = 3;

  public Picture {
    if (width <= 0 || height <= 0 || rgb.length != (long) width * height * CHANNELS) {
      throw new IllegalArgumentException(
          "%d bytes are not a picture of %d×%d".formatted(rgb.length, width, height));
    }
  }

  /** A picture of one colour. */
  static Picture filled(int width, int height, Colour colour) {
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), CHANNELS)];
    for (int i = 0; i < rgb.length; i += CHANNELS) {
      rgb[i] = (byte) colour.red();
      rgb[i + 1] = (byte) colour.green();
      rgb[i + 2] = (byte) colour.blue();
    }
    return new Picture(width, height, rgb);
  }

  /** This picture laid on a larger canvas, its upper left corner at ({@code left}, {@code top}). */
  Picture onCanvas(int canvasWidth, int canvasHeight, int left, int top, Colour colour) {
    Picture canvas = filled(canvasWidth, canvasHeight, colour);
    int rowBytes = width * CHANNELS;
    for (int y = 0; y < height; y++) {
      int at = ((top + y) * canvasWidth + left) * CHANNELS;
      System.arraycopy(rgb, y * rowBytes, canvas.rgb, at, rowBytes);
    }
    return canvas;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture that
        && width == that.width
        && height == that.height
        && Arrays.equals(rgb, that.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  @Override
  public String toString() {
    return "Picture[%d×%d]".formatted(width, height);
  }

  /** Channels of 0 to 255. */
  record Colour(int red, int green, int blue) {}
}
