package io.litoperator.worker.data.image;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The source pixels that each output pixel of one axis is made of, and their weights in fixed
 * point.
 *
 * @param first of each output pixel, its first source pixel
 * @param count of each output pixel, its number of source pixels; 0 gives black
 * @param weights by output pixel, {@code stride} apart, with {@link #FRACTION_BITS} fraction bits
 */
record Taps(int[] first, int[] count, int[] weights, int stride) {
  /** 8 bits of pixel and 2 of headroom leave 22 of an int (Pillow's {@code PRECISION_BITS}). */
  private static final int FRACTION_BITS = 32 - 8 - 2;

  private static final int HALF = 1 << (FRACTION_BITS - 1);

  /**
   * Taps of the output pixels {@code start} to {@code start + size} of an axis that is stretched
   * from {@code from} to {@code to} pixels.
   */
  static Taps of(Resampling filter, int from, int to, int start, int size) {
    double scale = (double) from / to;
    double widening = Math.max(scale, 1.0);
    double reach = filter.support() * widening;
    int stride = (int) Math.ceil(reach) * 2 + 1;
    int[] first = new int[size];
    int[] count = new int[size];
    int[] weights = new int[Math.multiplyExact(size, stride)];
    double[] row = new double[stride];
    for (int i = 0; i < size; i++) {
      int output = start + i;
      if (output < 0 || output >= to) {
        continue;
      }
      double centre = (output + 0.5) * scale;
      first[i] = Math.max(0, (int) (centre - reach + 0.5));
      count[i] = Math.min(from, (int) (centre + reach + 0.5)) - first[i];
      double sum = 0;
      for (int k = 0; k < count[i]; k++) {
        row[k] = filter.weight((first[i] + k - centre + 0.5) * (1.0 / widening));
        sum += row[k];
      }
      for (int k = 0; k < count[i]; k++) {
        weights[i * stride + k] = fixed(sum == 0 ? row[k] : row[k] / sum);
      }
    }
    return new Taps(first, count, weights, stride);
  }

  private static int fixed(double weight) {
    return (int) (Math.copySign(0.5, weight) + weight * (1 << FRACTION_BITS));
  }

  int size() {
    return first.length;
  }

  /** The same taps of an axis whose first {@code offset} pixels are not there. */
  Taps shifted(int offset) {
    return new Taps(Arrays.stream(first).map(i -> i - offset).toArray(), count, weights, stride);
  }

  /** First source pixel that any output needs. */
  int begin() {
    return used().map(i -> first[i]).min().orElse(0);
  }

  /** One past the last source pixel that any output needs; at least one is said to be needed. */
  int end() {
    return used().map(i -> first[i] + count[i]).max().orElse(1);
  }

  private IntStream used() {
    return IntStream.range(0, size()).filter(i -> count[i] > 0);
  }

  /**
   * Computes one output pixel.
   *
   * @param origin index of source pixel 0 in {@code in}
   * @param step bytes from one source pixel to the next
   * @param to where the three output bytes go
   */
  void apply(int output, byte[] in, int origin, int step, byte[] out, int to) {
    int red = HALF;
    int green = HALF;
    int blue = HALF;
    int from = origin + first[output] * step;
    int weight = output * stride;
    for (int end = weight + count[output]; weight < end; weight++, from += step) {
      red += (in[from] & 0xff) * weights[weight];
      green += (in[from + 1] & 0xff) * weights[weight];
      blue += (in[from + 2] & 0xff) * weights[weight];
    }
    out[to] = rounded(red);
    out[to + 1] = rounded(green);
    out[to + 2] = rounded(blue);
  }

  private static byte rounded(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> FRACTION_BITS));
  }
}
