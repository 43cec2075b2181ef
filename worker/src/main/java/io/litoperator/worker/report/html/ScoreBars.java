package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Metric;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.ScoreTable;
import io.litoperator.worker.report.ScoreTable.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One score of each objective as horizontal bars on one scale.
 *
 * @param low label of the scale's left end
 * @param high label of its right end
 */
record ScoreBars(String name, String better, List<Bar> bars, String low, String high) {

  /**
   * Positions and widths are percents of the track.
   *
   * @param spread one standard deviation to both sides of the mean
   * @param seeds position of each seed's value; empty where there is one seed
   */
  record Bar(
      String name,
      int style,
      String left,
      String width,
      Optional<Span> spread,
      List<String> seeds,
      String value) {}

  record Span(String left, String width) {}

  static ScoreBars of(ScoreTable table, ScoreTable.Row row) {
    Scale scale = Scale.of(row);
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < row.cells().size(); i++) {
      String objective = table.columns().get(i).objective();
      int style = i;
      row.cells().get(i).ifPresent(score -> bars.add(bar(objective, style, score, scale)));
    }
    Metric metric = Metric.of(row.metric());
    return new ScoreBars(
        metric.name(), metric.better().label(), bars, label(scale.low()), label(scale.high()));
  }

  private static Bar bar(String objective, int style, Score score, Scale scale) {
    Span bar = scale.span(Math.min(0, score.mean()), Math.max(0, score.mean()));
    Optional<Span> spread =
        score.standardDeviation().stream()
            .mapToObj(sd -> scale.span(score.mean() - sd, score.mean() + sd))
            .findFirst();
    List<String> seeds =
        score.values().size() < 2
            ? List.of()
            : score.values().stream().map(value -> percent(scale.position(value))).toList();
    return new Bar(objective, style, bar.left(), bar.width(), spread, seeds, Numbers.spread(score));
  }

  private static String label(double value) {
    String text = value == Math.rint(value) ? Long.toString((long) value) : Numbers.measure(value);
    return text.replace('-', '−');
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }

  /** Holds zero and every seed; shares between 0 and 1 are shown on all of that range. */
  private record Scale(double low, double high) {
    static Scale of(ScoreTable.Row row) {
      double[] values =
          row.cells().stream()
              .flatMap(Optional::stream)
              .flatMap(score -> score.values().stream())
              .mapToDouble(Double::doubleValue)
              .filter(Double::isFinite)
              .sorted()
              .toArray();
      if (values.length == 0 || values[0] >= 0 && values[values.length - 1] <= 1) {
        return new Scale(0, 1);
      }
      Ticks ticks =
          Ticks.between(Math.min(0, values[0]), Math.max(0, values[values.length - 1]), 4);
      return new Scale(ticks.low(), ticks.high());
    }

    double position(double value) {
      double share = (value - low) / (high - low);
      return Double.isFinite(share) ? Math.max(0, Math.min(1, share)) : 0;
    }

    Span span(double from, double to) {
      double left = position(from);
      return new Span(percent(left), percent(position(to) - left));
    }
  }
}
