package io.litoperator.examples.quickstart;

/**
 * Resizes a plane of pixels with Keys' cubic (a = -0.5), widened when shrinking so that every
 * source pixel counts, as Pillow's {@code BICUBIC}. Java2D's bicubic looks at 4×4 pixels only and
 * aliases.
 */
final class Bicubic {
  private static final double A = -0.5;
  private static final double SUPPORT = 2;

  private Bicubic() {}

  /**
   * @param plane [rows][columns], square
   * @return [side][side], not clamped
   */
  static double[][] resize(double[][] plane, int side) {
    double[][] weights = weights(plane.length, side);
    return multiply(weights, transpose(multiply(weights, transpose(plane))));
  }

  /** What each of {@code to} pixels takes from each of {@code from}; rows sum to one. */
  private static double[][] weights(int from, int to) {
    double scale = (double) from / to;
    double width = Math.max(scale, 1);
    double[][] weights = new double[to][from];
    for (int i = 0; i < to; i++) {
      double center = (i + 0.5) * scale;
      int first = (int) Math.max(0, center - SUPPORT * width + 0.5);
      int end = (int) Math.min(from, center + SUPPORT * width + 0.5);
      double sum = 0;
      for (int j = first; j < end; j++) {
        weights[i][j] = cubic((j + 0.5 - center) / width);
        sum += weights[i][j];
      }
      for (int j = first; j < end; j++) {
        weights[i][j] /= sum;
      }
    }
    return weights;
  }

  private static double cubic(double distance) {
    double x = Math.abs(distance);
    if (x < 1) {
      return ((A + 2) * x - (A + 3)) * x * x + 1;
    }
    return x < SUPPORT ? (((x - 5) * x + 8) * x - 4) * A : 0;
  }

  private static double[][] multiply(double[][] left, double[][] right) {
    double[][] product = new double[left.length][right[0].length];
    for (int i = 0; i < left.length; i++) {
      for (int j = 0; j < right[0].length; j++) {
        for (int k = 0; k < right.length; k++) {
          product[i][j] += left[i][k] * right[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] transpose(double[][] matrix) {
    double[][] transposed = new double[matrix[0].length][matrix.length];
    for (int i = 0; i < matrix.length; i++) {
      for (int j = 0; j < matrix[0].length; j++) {
        transposed[j][i] = matrix[i][j];
      }
    }
    return transposed;
  }
}
