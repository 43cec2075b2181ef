package io.litoperator.worker.evaluate.metric;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Makes a task's scores of its grades. */
@FunctionalInterface
public interface Aggregation {
  int LONGEST_KIND = 48;

  /**
   * Scores by name, the main one first.
   *
   * @param grades at least one
   */
  Map<String, Double> of(List<Graded> grades);

  /** {@code name}, the mean over all questions. */
  static Aggregation mean(String name) {
    return grades -> Map.of(name, meanOf(grades));
  }

  /** {@code name}, the mean over all questions, and {@code name.<kind>} for each kind. */
  static Aggregation meanAndKinds(String name) {
    return grades -> named(name, meanOf(grades), byKind(grades));
  }

  /**
   * {@code name}, the mean of the kinds' means so that every kind counts the same, and {@code
   * name.<kind>} for each.
   */
  static Aggregation meanOfKinds(String name) {
    return grades -> {
      SortedMap<String, Double> kinds = byKind(grades);
      return named(name, mean(kinds.values()), kinds);
    };
  }

  private static Map<String, Double> named(
      String name, double main, SortedMap<String, Double> kinds) {
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put(name, main);
    kinds.forEach((kind, score) -> scores.put(free(name + "." + word(kind), scores), score));
    return scores;
  }

  /** A kind as part of a score's name, which the operator takes as a word of 63 characters. */
  private static String word(String kind) {
    String word = kind.replaceAll("[^A-Za-z0-9_.-]+", "-");
    return word.substring(0, Math.min(word.length(), LONGEST_KIND));
  }

  /** The name, numbered if a kind that reads alike has it. */
  private static String free(String name, Map<String, Double> taken) {
    String free = name;
    for (int i = 2; taken.containsKey(free); i++) {
      free = name + "-" + i;
    }
    return free;
  }

  private static SortedMap<String, Double> byKind(List<Graded> grades) {
    return grades.stream()
        .collect(
            Collectors.groupingBy(
                Graded::kind, TreeMap::new, Collectors.averagingDouble(Graded::grade)));
  }

  private static double meanOf(List<Graded> grades) {
    return mean(grades.stream().map(Graded::grade).toList());
  }

  private static double mean(Collection<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }
}
