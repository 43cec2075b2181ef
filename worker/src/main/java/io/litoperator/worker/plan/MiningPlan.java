package io.litoperator.worker.plan;

/**
 * How task templates are found in the data itself.
 *
 * @param minFrequency times that a sentence occurs at least in what humans say
 * @param minWords of a sentence; at least 1
 */
public record MiningPlan(long minFrequency, int minWords, Unit splitter) {
  /** What questions are taken apart into. */
  public enum Unit {
    SENTENCES,
    LINES
  }
}
