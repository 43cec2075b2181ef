package io.litoperator.worker.data.image;

import java.awt.image.ColorModel;
import java.awt.image.ComponentSampleModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/** Samples of any layout to RGB of 8 bits, without colour management, as Pillow converts. */
final class RgbRaster {
  private RgbRaster() {}

  /** The picture in a raster: grey, colour or palette indices, with or without alpha. */
  static Picture picture(Raster raster, ColorModel colours) {
    return colours instanceof IndexColorModel palette ? indexed(raster, palette) : direct(raster);
  }

  private static Picture indexed(Raster raster, IndexColorModel palette) {
    int[] colours = new int[1 << palette.getPixelSize()];
    palette.getRGBs(colours);
    int width = raster.getWidth();
    byte[] rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    int[] row = new int[width];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int index : row) {
        rgb[to++] = (byte) (colours[index] >> 16);
        rgb[to++] = (byte) (colours[index] >> 8);
        rgb[to++] = (byte) colours[index];
      }
    }
    return new Picture(width, raster.getHeight(), rgb);
  }

  private static Picture direct(Raster raster) {
    return isRgb(raster)
        ? new Picture(raster.getWidth(), raster.getHeight(), bytes(raster))
        : converted(raster);
  }

  /** Whether the samples are already as we want them, which most pictures' are. */
  private static boolean isRgb(Raster raster) {
    return raster.getNumBands() == Picture.CHANNELS
        && raster.getSampleModel() instanceof ComponentSampleModel
        && raster.getTransferType() == DataBuffer.TYPE_BYTE;
  }

  private static byte[] bytes(Raster raster) {
    return (byte[])
        raster.getDataElements(
            raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), null);
  }

  private static Picture converted(Raster raster) {
    int width = raster.getWidth();
    int bands = raster.getNumBands();
    boolean grey = bands < Picture.CHANNELS;
    byte[][] levels = levels(raster, grey);
    byte[] rgb = new byte[width * raster.getHeight() * Picture.CHANNELS];
    int[] row = new int[width * bands];
    int to = 0;
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < row.length; x += bands) {
        for (int channel = 0; channel < Picture.CHANNELS; channel++) {
          int band = grey ? 0 : channel;
          rgb[to++] = levels[band][row[x + band]];
        }
      }
    }
    return new Picture(width, raster.getHeight(), rgb);
  }

  /** For each band that shows, the 8-bit level of each sample. */
  private static byte[][] levels(Raster raster, boolean grey) {
    byte[][] levels = new byte[grey ? 1 : Picture.CHANNELS][];
    for (int band = 0; band < levels.length; band++) {
      int bits = raster.getSampleModel().getSampleSize(band);
      // Pillow has a 16-bit mode for grey alone, and clips when it converts that to RGB.
      boolean clips = bits == 16 && raster.getNumBands() == 1;
      levels[band] = new byte[1 << bits];
      for (int sample = 0; sample < levels[band].length; sample++) {
        levels[band][sample] = (byte) (clips ? Math.min(sample, 255) : level(sample, bits));
      }
    }
    return levels;
  }

  private static int level(int sample, int bits) {
    return bits > 8 ? sample >> (bits - 8) : sample * 255 / ((1 << bits) - 1);
  }
}
