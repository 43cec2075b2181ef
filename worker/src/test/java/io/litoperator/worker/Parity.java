package io.litoperator.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is compared with the reference within a tolerance. Every comparison is kept for the table
 * that {@link ParityReport} writes.
 */
public enum Parity {
  IMAGE_FEATURES("image features after the connector", Measure.DIFFERENCE, 2e-5),
  LOGITS("logits of all tokens", Measure.DIFFERENCE, 5e-5),
  TOKEN_LOSS("loss of each token", Measure.DIFFERENCE, 2e-5),
  LOSS("mean loss", Measure.DIFFERENCE, 1e-5),
  GRADIENT("gradients", Measure.RELATIVE_L2, 1e-4),
  GRADIENT_NORM("norm of each parameter's gradient", Measure.RELATIVE, 1e-4),
  ACCUMULATED("gradients of two micro-batches, both rules", Measure.RELATIVE_L2, 1e-4),
  ACCUMULATED_NORM("norms of these, and their total", Measure.RELATIVE, 1e-4),
  STEP_LOSS("loss before each of three AdamW steps", Measure.DIFFERENCE, 1e-4),
  STEP_NORM("gradient norm before each, before clipping", Measure.RELATIVE, 1e-3),
  STEP_PARAMETER("parameters after them", Measure.RELATIVE_L2, 5e-5),
  STEP_PARAMETER_NORM("norm of each of these", Measure.RELATIVE, 2e-5);

  /** What an error is. */
  enum Measure {
    DIFFERENCE("largest difference"),
    RELATIVE("relative"),
    RELATIVE_L2("relative L2");

    final String label;

    Measure(String label) {
      this.label = label;
    }
  }

  private static final Map<Parity, Map<String, Double>> WORST = new EnumMap<>(Parity.class);

  final String quantity;
  final Measure measure;
  final double tolerance;

  Parity(String quantity, Measure measure, double tolerance) {
    this.quantity = quantity;
    this.measure = measure;
    this.tolerance = tolerance;
  }

  /**
   * @param model of the fixtures
   * @param part what of it, for a failure's message
   */
  public void check(String model, String part, double error) {
    assertThat(error).as("%s of %s: %s", quantity, model, part).isLessThanOrEqualTo(tolerance);
    synchronized (WORST) {
      WORST.computeIfAbsent(this, p -> new TreeMap<>()).merge(model, error, Math::max);
    }
  }

  /** As {@link #check(String, String, double)}, of two numbers. */
  public void check(String model, String part, double actual, double expected) {
    double difference = Math.abs(actual - expected);
    check(
        model, part, measure == Measure.DIFFERENCE ? difference : difference / Math.abs(expected));
  }

  /** As above, of tensors of one shape. */
  public void check(String model, String part, float[] actual, float[] expected) {
    assertThat(actual).as(part).hasSameSizeAs(expected);
    double largest = 0;
    double squares = 0;
    double norm = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs((double) actual[i] - expected[i]);
      largest = Double.isNaN(difference) ? Double.NaN : Math.max(largest, difference);
      squares += difference * difference;
      norm += (double) expected[i] * expected[i];
    }
    check(model, part, measure == Measure.DIFFERENCE ? largest : Math.sqrt(squares / norm));
  }

  /** Largest error so far, by model. */
  Map<String, Double> worst() {
    synchronized (WORST) {
      return Map.copyOf(WORST.getOrDefault(this, Map.of()));
    }
  }
}
