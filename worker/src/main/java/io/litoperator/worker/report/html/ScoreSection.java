package io.litoperator.worker.report.html;

import io.litoperator.worker.report.Metric;
import io.litoperator.worker.report.Numbers;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.ScoreTable;
import io.litoperator.worker.report.ScoreTable.Score;
import io.litoperator.worker.report.ScoreText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** The table of scores, the same as bars, and curves where checkpoints were scored. */
record ScoreSection(
    String seeds,
    List<Column> columns,
    List<String> differences,
    List<Row> rows,
    List<ScoreBars> bars,
    String barsNote,
    boolean anyCurve,
    List<Chart> curves) {

  record Column(String name, int style) {}

  /**
   * @param differences to the first column
   */
  record Row(
      String name, String meaning, String better, List<String> cells, List<String> differences) {}

  static Optional<ScoreSection> of(RunHistory history) {
    ScoreTable table = history.scoreTable();
    if (table.rows().isEmpty()) {
      return Optional.empty();
    }
    List<Column> columns =
        IntStream.range(0, table.columns().size())
            .mapToObj(i -> new Column(table.columns().get(i).objective(), i))
            .toList();
    List<String> differences =
        IntStream.range(1, columns.size())
            .mapToObj(i -> ScoreText.differenceName(table, i))
            .toList();
    List<Chart> curves = ScoreCurves.of(history);
    return Optional.of(
        new ScoreSection(
            ScoreText.seeds(table),
            columns,
            differences,
            table.rows().stream().map(ScoreSection::row).toList(),
            table.rows().stream().map(row -> ScoreBars.of(table, row)).toList(),
            barsNote(table),
            !curves.isEmpty(),
            curves));
  }

  private static Row row(ScoreTable.Row row) {
    Metric metric = Metric.of(row.metric());
    List<String> differences = new ArrayList<>();
    for (int i = 1; i < row.cells().size(); i++) {
      OptionalDouble difference = row.difference(i);
      differences.add(difference.isPresent() ? Numbers.difference(difference.getAsDouble()) : "–");
    }
    return new Row(
        metric.name(),
        metric.meaning(),
        metric.better().label(),
        row.cells().stream().map(cell -> cell.map(Numbers::spread).orElse("–")).toList(),
        differences);
  }

  private static String barsNote(ScoreTable table) {
    boolean spread =
        table.rows().stream()
            .flatMap(row -> row.cells().stream())
            .flatMap(Optional::stream)
            .map(Score::standardDeviation)
            .anyMatch(OptionalDouble::isPresent);
    return spread
        ? "Bars are means over seeds, dots single seeds, whiskers one standard deviation."
        : "Each bar is one seed.";
  }
}
