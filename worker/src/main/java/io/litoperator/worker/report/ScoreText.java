package io.litoperator.worker.report;

import io.litoperator.worker.report.ScoreTable.Column;
import io.litoperator.worker.report.ScoreTable.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A {@link ScoreTable} as text. */
public final class ScoreText {
  private ScoreText() {}

  /** Aligned columns for a terminal, and below them the number of seeds. */
  public static String plain(ScoreTable table) {
    List<List<String>> grid = grid(table);
    int columns = grid.get(0).size();
    int[] widths =
        IntStream.range(0, columns)
            .map(i -> grid.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    StringBuilder text = new StringBuilder();
    for (List<String> row : grid) {
      text.append(row.get(0)).append(" ".repeat(widths[0] - row.get(0).length()));
      for (int i = 1; i < columns; i++) {
        text.append("   ").append(" ".repeat(widths[i] - row.get(i).length())).append(row.get(i));
      }
      text.append('\n');
    }
    return text.append(seeds(table)).append('\n').toString();
  }

  /** The content of {@code scores.md}. */
  public static String markdown(ScoreTable table) {
    List<List<String>> grid = grid(table);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < grid.size(); i++) {
      text.append("| ").append(String.join(" | ", grid.get(i))).append(" |\n");
      if (i == 0) {
        text.append("|---").append("|---:".repeat(grid.get(0).size() - 1)).append("|\n");
      }
    }
    return text.append('\n').append(seeds(table)).append('\n').toString();
  }

  /** How many seeds the numbers rest on, and what follows from that for comparing them. */
  public static String seeds(ScoreTable table) {
    int fewest = table.fewestSeeds();
    boolean same = table.columns().stream().allMatch(column -> column.seeds() == fewest);
    String count =
        same
            ? (fewest == 1 ? "one seed" : fewest + " seeds")
            : table.columns().stream()
                .map(column -> column.objective() + " " + column.seeds())
                .collect(Collectors.joining(", ", "seeds: ", ""));
    if (fewest > 1) {
      return count + ": mean ± standard deviation of the seeds";
    }
    return table.columns().size() > 1 ? count + ": differences of this size can be chance" : count;
  }

  /** Header of the difference between a column and the first. */
  public static String differenceName(ScoreTable table, int column) {
    List<Column> columns = table.columns();
    return columns.get(column).objective() + " − " + columns.get(0).objective();
  }

  private static List<List<String>> grid(ScoreTable table) {
    int columns = table.columns().size();
    List<String> head = new ArrayList<>(List.of("score"));
    table.columns().forEach(column -> head.add(column.objective()));
    for (int i = 1; i < columns; i++) {
      head.add(differenceName(table, i));
    }
    List<List<String>> grid = new ArrayList<>(List.of(head));
    for (Row row : table.rows()) {
      List<String> line = new ArrayList<>(List.of(row.metric()));
      row.cells().forEach(cell -> line.add(cell.map(Numbers::spread).orElse("–")));
      for (int i = 1; i < columns; i++) {
        OptionalDouble difference = row.difference(i);
        line.add(difference.isPresent() ? Numbers.difference(difference.getAsDouble()) : "–");
      }
      grid.add(line);
    }
    return grid;
  }
}
