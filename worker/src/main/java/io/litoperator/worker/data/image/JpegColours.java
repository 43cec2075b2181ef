package io.litoperator.worker.data.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a JPEG's components mean, decided as libjpeg decides ({@code jdapimin.c}), and their
 * conversion to RGB, bit-equal to libjpeg's and then Pillow's.
 */
enum JpegColours {
  GREY,
  RGB,
  YCBCR,
  CMYK,
  YCCK;

  private static final int FRACTION_BITS = 16;
  private static final int HALF = 1 << (FRACTION_BITS - 1);
  private static final int START_OF_SCAN = 0xda;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;

  /**
   * Reads the segments before the first scan.
   *
   * @throws IOException where the header is cut off or has a number of components that has no
   *     meaning
   */
  static JpegColours of(byte[] file) throws IOException {
    byte[] ids = new byte[0];
    boolean jfif = false;
    int adobe = -1;
    int at = 2;
    while (true) {
      while (at + 4 < file.length && file[at] == (byte) 0xff && file[at + 1] == (byte) 0xff) {
        at++;
      }
      if (at + 4 > file.length || file[at] != (byte) 0xff) {
        throw new IOException("its header is cut off or altered at byte " + at);
      }
      int marker = file[at + 1] & 0xff;
      int length = (file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff;
      if (marker == START_OF_SCAN) {
        return of(ids, jfif, adobe);
      }
      byte[] body =
          Arrays.copyOfRange(
              file, at + 4, Math.max(at + 4, Math.min(file.length, at + 2 + length)));
      if (isFrame(marker)) {
        ids = componentIds(body);
      } else if (marker == APP0 && starts(body, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP14 && starts(body, "Adobe") && body.length >= 12) {
        adobe = body[11] & 0xff;
      }
      at += 2 + length;
    }
  }

  /** Markers from 0xc0 to 0xcf are frames, but for three kinds of tables. */
  private static boolean isFrame(int marker) {
    return (marker & 0xf0) == 0xc0 && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
  }

  private static byte[] componentIds(byte[] frame) throws IOException {
    int count = frame.length < 6 ? 0 : frame[5] & 0xff;
    if (count == 0 || frame.length < 6 + 3 * count) {
      throw new IOException("its frame header is cut off");
    }
    byte[] ids = new byte[count];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = frame[6 + 3 * i];
    }
    return ids;
  }

  private static boolean starts(byte[] body, String word) {
    byte[] bytes = word.getBytes(StandardCharsets.US_ASCII);
    return body.length >= bytes.length
        && Arrays.equals(body, 0, bytes.length, bytes, 0, bytes.length);
  }

  /**
   * @param adobe the colour transform in Adobe's segment, -1 where there is none
   */
  private static JpegColours of(byte[] ids, boolean jfif, int adobe) throws IOException {
    boolean namedRgb = Arrays.equals(ids, "RGB".getBytes(StandardCharsets.US_ASCII));
    return switch (ids.length) {
      case 1 -> GREY;
      case 3 -> !jfif && (adobe == 0 || adobe < 0 && namedRgb) ? RGB : YCBCR;
      case 4 -> adobe > 0 ? YCCK : CMYK;
      default -> throw new IOException("it has " + ids.length + " colour components");
    };
  }

  /** The picture in a raster of raw components of 8 bits. */
  Picture picture(Raster raster) throws IOException {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    int[] row = new int[width * bands];
    for (int y = 0, to = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands, to += Picture.CHANNELS) {
        convert(row, x, rgb, to);
      }
    }
    return new Picture(width, raster.getHeight(), rgb);
  }

  private void convert(int[] in, int from, byte[] rgb, int to) {
    switch (this) {
      case GREY -> put(rgb, to, in[from], in[from], in[from]);
      case RGB -> put(rgb, to, in[from], in[from + 1], in[from + 2]);
      case CMYK -> putInked(rgb, to, in[from], in[from + 1], in[from + 2], in[from + 3]);
      case YCBCR -> {
        int y = in[from];
        int cb = in[from + 1] - 128;
        int cr = in[from + 2] - 128;
        put(rgb, to, red(y, cr), green(y, cb, cr), blue(y, cb));
      }
      case YCCK -> {
        int y = in[from];
        int cb = in[from + 1] - 128;
        int cr = in[from + 2] - 128;
        // libjpeg gives 255 - RGB as CMY.
        putInked(
            rgb, to, 255 - red(y, cr), 255 - green(y, cb, cr), 255 - blue(y, cb), in[from + 3]);
      }
    }
  }

  private static int red(int y, int cr) {
    return clipped(y + (fixed(1.40200) * cr + HALF >> FRACTION_BITS));
  }

  private static int green(int y, int cb, int cr) {
    return clipped(y + (-fixed(0.34414) * cb + HALF - fixed(0.71414) * cr >> FRACTION_BITS));
  }

  private static int blue(int y, int cb) {
    return clipped(y + (fixed(1.77200) * cb + HALF >> FRACTION_BITS));
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << FRACTION_BITS) + 0.5);
  }

  /** Stored inks are inverted, 255 for none, as Adobe writes them and Pillow assumes. */
  private static void putInked(byte[] rgb, int to, int c, int m, int y, int k) {
    put(rgb, to, k - share(255 - c, k), k - share(255 - m, k), k - share(255 - y, k));
  }

  /** {@code a · b / 255}, rounded. */
  private static int share(int a, int b) {
    int product = a * b + 128;
    return (product >> 8) + product >> 8;
  }

  private static int clipped(int value) {
    return Math.max(0, Math.min(255, value));
  }

  private static void put(byte[] rgb, int to, int red, int green, int blue) {
    rgb[to] = (byte) clipped(red);
    rgb[to + 1] = (byte) clipped(green);
    rgb[to + 2] = (byte) clipped(blue);
  }
}
