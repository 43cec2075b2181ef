package io.litoperator.e2e.program;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A page in Prometheus' text format.
 *
 * @param types by metric
 */
record Exposition(Map<String, String> types, List<Series> series) {
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
  private static final Pattern SERIES = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** Labels that the format itself adds. */
  private static final Set<String> OF_THE_FORMAT = Set.of("le", "quantile");

  record Series(String name, Map<String, String> labels, double value) {}

  static Exposition parse(String page) {
    Map<String, String> types = new TreeMap<>();
    List<Series> series = new ArrayList<>();
    for (String line : (Iterable<String>) page.lines()::iterator) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SERIES.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (sample.matches()) {
        series.add(
            new Series(
                sample.group(1),
                parsed(sample.group(2)),
                Double.parseDouble(sample.group(3).replace("Inf", "Infinity"))));
      } else if (!line.isBlank() && !line.startsWith("#")) {
        throw new IllegalArgumentException("not a sample: " + line);
      }
    }
    return new Exposition(types, series);
  }

  private static Map<String, String> parsed(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    if (text != null) {
      LABEL.matcher(text).results().forEach(label -> labels.put(label.group(1), label.group(2)));
    }
    return labels;
  }

  /** Of series, with the endings that histograms and summaries have. */
  Set<String> names() {
    return series.stream().map(Series::name).collect(Collectors.toSet());
  }

  /** That any series of a metric has, its parts' included. */
  Set<String> labels(String metric) {
    return series.stream()
        .filter(
            each ->
                each.name().equals(metric)
                    || each.name().matches(Pattern.quote(metric) + "_(bucket|sum|count|max)"))
        .flatMap(each -> each.labels().keySet().stream())
        .filter(label -> metric.endsWith("_bucket") || !OF_THE_FORMAT.contains(label))
        .collect(Collectors.toSet());
  }

  Set<String> values(String name, String label) {
    return series.stream()
        .filter(each -> each.name().equals(name) && each.labels().containsKey(label))
        .map(each -> each.labels().get(label))
        .collect(Collectors.toSet());
  }

  double sum(String name, Map<String, String> labels) {
    return series.stream()
        .filter(each -> each.name().equals(name))
        .filter(each -> each.labels().entrySet().containsAll(labels.entrySet()))
        .mapToDouble(Series::value)
        .sum();
  }
}
