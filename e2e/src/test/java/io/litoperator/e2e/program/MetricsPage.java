package io.litoperator.e2e.program;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables of docs/metrics.md. */
record MetricsPage(String text) {
  private static final Pattern METRIC =
      Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\|([^|\n]*)\\|(?:[^|\n]*\\|)?$");
  private static final Pattern ALERT =
      Pattern.compile("(?m)^\\| `(Lit\\w+)` \\|[^|\n]*\\| (\\w+) \\|$");
  private static final Pattern WORD = Pattern.compile("`(\\w+)`");

  /**
   * @param labels that a series may have
   */
  record Metric(String name, String type, Set<String> labels) {}

  static MetricsPage read() throws IOException {
    return new MetricsPage(Files.readString(LoadBench.REPOSITORY.resolve("docs/metrics.md")));
  }

  List<Metric> metrics() {
    List<Metric> all = new ArrayList<>();
    for (String section : text.split("(?m)^## ")) {
      boolean single = section.startsWith("Single jobs");
      Matcher row = METRIC.matcher(section);
      while (row.find()) {
        Stream<String> labels =
            single
                ? Stream.of("namespace", "job", "phase")
                : WORD.matcher(row.group(3)).results().map(match -> match.group(1));
        all.add(new Metric(row.group(1), row.group(2), labels.collect(Collectors.toSet())));
      }
    }
    return all;
  }

  /** Each alert with its severity. */
  List<String> alerts() {
    return ALERT.matcher(text).results().map(row -> row.group(1) + " " + row.group(2)).toList();
  }
}
