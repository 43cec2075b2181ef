package io.litoperator.worker.data.image;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ResamplingTest {

  @Test
  void bilinearHalvesByPillowsTriangle() {
    Picture source = grey(8, 1, 0, 0, 0, 0, 255, 255, 255, 255);

    // Shrinking by two, the triangle reaches two pixels: weights 1, 3, 3, 1 eighths inside.
    assertThat(Resampling.BILINEAR.resize(source, 4, 1)).isEqualTo(grey(4, 1, 0, 32, 223, 255));
  }

  @Property(tries = 200)
  void oneColourStaysThatColour(
      @ForAll Resampling filter,
      @ForAll @IntRange(max = 255) int level,
      @ForAll @IntRange(min = 1, max = 60) int width,
      @ForAll @IntRange(min = 1, max = 60) int height,
      @ForAll @IntRange(min = 1, max = 60) int toWidth,
      @ForAll @IntRange(min = 1, max = 60) int toHeight) {
    Picture.Colour colour = new Picture.Colour(level, 255 - level, level / 2);

    assertThat(filter.resize(Picture.filled(width, height, colour), toWidth, toHeight))
        .isEqualTo(Picture.filled(toWidth, toHeight, colour));
  }

  @Property(tries = 200)
  void windowIsThatPartOfTheWhole(
      @ForAll Resampling filter,
      @ForAll long seed,
      @ForAll @IntRange(min = -3, max = 12) int left,
      @ForAll @IntRange(min = -3, max = 12) int top,
      @ForAll @IntRange(min = 1, max = 20) int width,
      @ForAll @IntRange(min = 1, max = 20) int height) {
    Picture source = noise(17, 13, seed);
    int toWidth = 11;
    int toHeight = 19;

    Picture whole = filter.resize(source, toWidth, toHeight);
    Picture part = filter.resize(source, toWidth, toHeight, new Window(left, top, width, height));

    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        boolean inside = left + x >= 0 && left + x < toWidth && top + y >= 0 && top + y < toHeight;
        int expected = inside ? red(whole, left + x, top + y) : 0;
        assertThat(red(part, x, y)).isEqualTo(expected);
      }
    }
  }

  @Property(tries = 50)
  void sameSizeChangesNothing(@ForAll Resampling filter, @ForAll long seed) {
    Picture source = noise(9, 7, seed);

    assertThat(filter.resize(source, 9, 7, new Window(0, 0, 9, 6)).rgb())
        .containsExactly(java.util.Arrays.copyOf(source.rgb(), 9 * 6 * 3));
  }

  private static int red(Picture picture, int x, int y) {
    return picture.rgb()[(y * picture.width() + x) * 3];
  }

  private static Picture noise(int width, int height, long seed) {
    byte[] rgb = new byte[width * height * 3];
    new java.util.Random(seed).nextBytes(rgb);
    return new Picture(width, height, rgb);
  }

  private static Picture grey(int width, int height, int... levels) {
    byte[] rgb = new byte[levels.length * 3];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) levels[i / 3];
    }
    return new Picture(width, height, rgb);
  }
}
