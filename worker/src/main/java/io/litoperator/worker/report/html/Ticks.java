package io.litoperator.worker.report.html;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Round values along an axis: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param step between ticks
 * @param values rising; the first is at most, the last at least, what is shown
 */
record Ticks(double step, List<Double> values) {

  /**
   * @param wanted about how many intervals
   */
  static Ticks between(double low, double high, int wanted) {
    double span = high > low ? high - low : Math.max(1, Math.abs(low));
    // Less a little, so that rounding noise does not double a step.
    double rough = span / wanted * (1 - 1e-9);
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step =
        power * (rough <= power ? 1 : rough <= 2 * power ? 2 : rough <= 5 * power ? 5 : 10);
    long first = (long) Math.floor(low / step + 1e-9);
    long last = Math.max(first + 1, (long) Math.ceil((low + span) / step - 1e-9));
    return new Ticks(step, LongStream.rangeClosed(first, last).mapToObj(i -> i * step).toList());
  }

  double low() {
    return values.get(0);
  }

  double high() {
    return values.get(values.size() - 1);
  }

  /** As short as the step allows: {@code 0.25}, {@code 1500}, {@code 2e-5}. */
  String label(double value) {
    if (value == 0) {
      return "0";
    }
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    BigDecimal rounded =
        BigDecimal.valueOf(value).setScale(decimals, RoundingMode.HALF_UP).stripTrailingZeros();
    if (decimals <= 3) {
      return rounded.toPlainString();
    }
    int exponent = rounded.precision() - 1 - rounded.scale();
    return rounded.movePointLeft(exponent).toPlainString() + "e" + exponent;
  }
}
