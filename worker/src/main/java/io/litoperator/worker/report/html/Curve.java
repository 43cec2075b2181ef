package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.RunHistory.Evaluation;
import io.litoperator.worker.report.RunHistory.Run;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * One objective's values over the steps of a stage, of all its seeds.
 *
 * @param points rising by step
 */
record Curve(String name, int style, List<Point> points) {

  /**
   * Some steps in a row, of all seeds.
   *
   * @param step the last of them
   */
  record Point(long step, double mean, double low, double high) {
    static Point of(long step, DoubleSummaryStatistics all) {
      return new Point(step, all.getAverage(), all.getMin(), all.getMax());
    }
  }

  /**
   * A score over the steps at which it was taken.
   *
   * @param metric as {@code task.metric}
   */
  static Curve ofScores(String name, int style, List<Run> seeds, String metric) {
    Map<Long, DoubleSummaryStatistics> scores = new TreeMap<>();
    for (Run run : seeds) {
      for (Evaluation evaluation : run.evaluations()) {
        Double score = evaluation.scores().get(metric);
        if (score != null && Double.isFinite(score)) {
          scores
              .computeIfAbsent(evaluation.step(), step -> new DoubleSummaryStatistics())
              .accept(score);
        }
      }
    }
    List<Point> points = new ArrayList<>();
    scores.forEach((step, all) -> points.add(Point.of(step, all)));
    return new Curve(name, style, List.copyOf(points));
  }

  /**
   * @param width steps that become one point
   * @param value of a step; null or not finite where there is none
   */
  static Curve of(
      String name,
      int style,
      List<List<Event.Step>> seeds,
      long width,
      Function<Event.Step, Double> value) {
    Map<Long, DoubleSummaryStatistics> buckets = new TreeMap<>();
    for (List<Event.Step> steps : seeds) {
      for (Event.Step step : steps) {
        Double number = value.apply(step);
        if (number != null && Double.isFinite(number)) {
          buckets
              .computeIfAbsent((step.step() - 1) / width, key -> new DoubleSummaryStatistics())
              .accept(number);
        }
      }
    }
    long last = seeds.stream().flatMap(List::stream).mapToLong(Event.Step::step).max().orElse(0);
    List<Point> points = new ArrayList<>();
    buckets.forEach(
        (bucket, all) -> points.add(Point.of(Math.min((bucket + 1) * width, last), all)));
    return new Curve(name, style, List.copyOf(points));
  }
}
