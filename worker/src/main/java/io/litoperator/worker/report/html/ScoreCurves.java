package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Metric;
import io.litoperator.worker.report.RunHistory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Scores over the steps of runs that were evaluated at their checkpoints. */
final class ScoreCurves {
  private ScoreCurves() {}

  /** A chart for each score that tells much; none if no run was evaluated more than once. */
  static List<Chart> of(RunHistory history) {
    if (history.runs().stream().allMatch(run -> run.evaluations().size() < 2)) {
      return List.of();
    }
    return metrics(history).map(metric -> chart(history, metric)).toList();
  }

  /** Of each task its main metric, and what else has a meaning by itself. */
  private static Stream<String> metrics(RunHistory history) {
    Set<String> tasks = new HashSet<>();
    return history.scoreTable().rows().stream()
        .map(row -> row.metric())
        .filter(
            metric ->
                tasks.add(metric.substring(0, metric.indexOf('.')))
                    || !Metric.of(metric).meaning().isEmpty());
  }

  private static Chart chart(RunHistory history, String metric) {
    List<Curve> curves = new ArrayList<>();
    List<String> objectives = history.objectives();
    for (int i = 0; i < objectives.size(); i++) {
      String objective = objectives.get(i);
      curves.add(Curve.ofScores(objective, i, history.runsOf(objective), metric));
    }
    curves.removeIf(curve -> curve.points().isEmpty());
    return Chart.of(Metric.of(metric).better().label(), new LineChart(metric, curves, List.of()));
  }
}
