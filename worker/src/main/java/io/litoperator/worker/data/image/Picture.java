package io.litoperator.worker.data.image;

import java.util.Arrays;
import java.util.List;

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

  /**
   * Turned as an EXIF orientation says, as Pillow's {@code exif_transpose}.
   *
   * @param orientation 1 to 8, see {@link Orientation}
   */
  Picture oriented(int orientation) {
    if (orientation == Orientation.UPRIGHT) {
      return this;
    }
    boolean turned = orientation > 4;
    boolean fromRight = List.of(2, 3, 7, 8).contains(orientation);
    boolean fromBottom = List.of(3, 4, 6, 7).contains(orientation);
    int across = turned ? height : width;
    int down = turned ? width : height;
    byte[] pixels = new byte[rgb.length];
    int to = 0;
    for (int y = 0; y < down; y++) {
      for (int x = 0; x < across; x++) {
        int column = turned ? y : x;
        int row = turned ? x : y;
        int from =
            (fromBottom ? height - 1 - row : row) * width
                + (fromRight ? width - 1 - column : column);
        System.arraycopy(rgb, from * CHANNELS, pixels, to, CHANNELS);
        to += CHANNELS;
      }
    }
    return new Picture(across, down, pixels);
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
