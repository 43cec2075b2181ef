package io.litoperator.worker.data.image;

/**
 * Resizing, bit-equal to Pillow's {@code Image.resize} on RGB pictures: a horizontal and a vertical
 * pass of a separable filter, widened when shrinking, in fixed point, each pass rounded to 8 bits
 * (Pillow's {@code Resample.c}).
 */
public enum Resampling {
  /** Pillow's filter 2, a triangle. */
  BILINEAR(1.0) {
    @Override
    double weight(double distance) {
      return Math.max(0.0, 1.0 - Math.abs(distance));
    }
  },
  /** Pillow's filter 3, Keys' cubic convolution. */
  BICUBIC(2.0) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1.0) {
        return ((SHARPNESS + 2.0) * x - (SHARPNESS + 3.0)) * x * x + 1.0;
      }
      return x < 2.0 ? (((x - 5.0) * x + 8.0) * x - 4.0) * SHARPNESS : 0.0;
    }
  };

  private static final double SHARPNESS = -0.5;

  private final double support;

  Resampling(double support) {
    this.support = support;
  }

  /** Half of the filter's width, in source pixels when enlarging. */
  double support() {
    return support;
  }

  /** The filter's value at a distance from its centre, before normalisation. */
  abstract double weight(double distance);

  /** The picture stretched to {@code width} by {@code height}. */
  public Picture resize(Picture source, int width, int height) {
    return resize(source, width, height, Window.whole(width, height));
  }

  /**
   * A window of the picture stretched to {@code width} by {@code height}; what lies outside of it
   * is black. Only the window is computed, which matters for very long pictures.
   */
  Picture resize(Picture source, int width, int height, Window window) {
    boolean unchanged = width == source.width() && height == source.height();
    if (unchanged && window.equals(Window.whole(width, height))) {
      return source;
    }
    Taps columns = Taps.of(this, source.width(), width, window.left(), window.width());
    Taps rows = Taps.of(this, source.height(), height, window.top(), window.height());
    if (verticalFirst(source.width() - width, source.height() - height)) {
      Picture flattened = vertical(source, columns.begin(), columns.end(), rows);
      return horizontal(flattened, 0, flattened.height(), columns.shifted(columns.begin()));
    }
    Picture narrowed = horizontal(source, rows.begin(), rows.end(), columns);
    return vertical(narrowed, 0, narrowed.width(), rows.shifted(rows.begin()));
  }

  /**
   * The order shows in the last bit. Pillow 13 saves work on tall pictures; earlier versions always
   * begin with the horizontal pass.
   */
  private static boolean verticalFirst(int columnsRemoved, int rowsRemoved) {
    return rowsRemoved > 0 && rowsRemoved > 2 * columnsRemoved;
  }

  /** Filters along rows {@code begin} to {@code end}. */
  private static Picture horizontal(Picture source, int begin, int end, Taps columns) {
    Picture out = blank(columns.size(), end - begin);
    int to = 0;
    for (int y = begin; y < end; y++) {
      int row = y * source.width() * Picture.CHANNELS;
      for (int x = 0; x < columns.size(); x++, to += Picture.CHANNELS) {
        columns.apply(x, source.rgb(), row, Picture.CHANNELS, out.rgb(), to);
      }
    }
    return out;
  }

  /** Filters along columns {@code begin} to {@code end}. */
  private static Picture vertical(Picture source, int begin, int end, Taps rows) {
    Picture out = blank(end - begin, rows.size());
    int rowBytes = source.width() * Picture.CHANNELS;
    int to = 0;
    for (int y = 0; y < rows.size(); y++) {
      for (int x = begin; x < end; x++, to += Picture.CHANNELS) {
        rows.apply(y, source.rgb(), x * Picture.CHANNELS, rowBytes, out.rgb(), to);
      }
    }
    return out;
  }

  private static Picture blank(int width, int height) {
    return new Picture(width, height, new byte[width * height * Picture.CHANNELS]);
  }
}
