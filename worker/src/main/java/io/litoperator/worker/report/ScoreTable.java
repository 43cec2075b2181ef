package io.litoperator.worker.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Scores of several objectives side by side.
 *
 * @param columns the objectives; differences are taken to the first
 * @param rows one for each {@code task.metric}, in the order in which they were scored
 */
public record ScoreTable(List<Column> columns, List<Row> rows) {

  public ScoreTable {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * @param scores by objective, for each seed the scores by {@code task.metric}
   */
  public static ScoreTable of(Map<String, List<Map<String, Double>>> scores) {
    Set<String> metrics = new LinkedHashSet<>();
    List<Column> columns = new ArrayList<>();
    scores.forEach(
        (objective, seeds) -> {
          columns.add(new Column(objective, seeds.size()));
          seeds.forEach(seed -> metrics.addAll(seed.keySet()));
        });
    List<Row> rows = new ArrayList<>();
    for (String metric : metrics) {
      rows.add(
          new Row(metric, scores.values().stream().map(seeds -> cell(metric, seeds)).toList()));
    }
    return new ScoreTable(columns, rows);
  }

  private static Optional<Score> cell(String metric, List<Map<String, Double>> seeds) {
    List<Double> values =
        seeds.stream().map(seed -> seed.get(metric)).filter(Objects::nonNull).toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(new Score(values));
  }

  /** By objective, {@code task.metric} to the mean over seeds. */
  public Map<String, Map<String, Double>> means() {
    Map<String, Map<String, Double>> means = new LinkedHashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      Map<String, Double> column = new LinkedHashMap<>();
      for (Row row : rows) {
        row.cells().get(i).ifPresent(score -> column.put(row.metric(), score.mean()));
      }
      means.put(columns.get(i).objective(), column);
    }
    return means;
  }

  /** The fewest seeds that an objective was run with; 0 without objectives. */
  public int fewestSeeds() {
    return columns.stream().mapToInt(Column::seeds).min().orElse(0);
  }

  public record Column(String objective, int seeds) {}

  /**
   * @param cells one for each column; empty where the objective has no such score
   */
  public record Row(String metric, List<Optional<Score>> cells) {
    public Row {
      cells = List.copyOf(cells);
    }

    /** A column's mean minus the first column's, where both have one. */
    public OptionalDouble difference(int column) {
      Optional<Score> base = cells.get(0);
      Optional<Score> other = cells.get(column);
      return base.isPresent() && other.isPresent()
          ? OptionalDouble.of(other.get().mean() - base.get().mean())
          : OptionalDouble.empty();
    }
  }

  /**
   * One score of one objective.
   *
   * @param values one for each seed; at least one
   */
  public record Score(List<Double> values) {
    public Score {
      values = List.copyOf(values);
    }

    public double mean() {
      return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }

    /** The sample's (divided by n - 1); absent for one seed. */
    public OptionalDouble standardDeviation() {
      if (values.size() < 2) {
        return OptionalDouble.empty();
      }
      double mean = mean();
      double squares = values.stream().mapToDouble(value -> Math.pow(value - mean, 2)).sum();
      return OptionalDouble.of(Math.sqrt(squares / (values.size() - 1)));
    }
  }
}
