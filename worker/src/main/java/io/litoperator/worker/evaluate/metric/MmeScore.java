package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Question;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * MME's sums ({@code mme_aggregate_results} of lmms-eval): a category scores 100 times its accuracy
 * and its share of pictures with all questions right, {@code perception} (0 to 2000) and {@code
 * cognition} (0 to 800) sum up their categories. A sum of which no category was asked is left out.
 *
 * <p>A picture has two questions; upstream fails on others, here shares are of what there is.
 */
final class MmeScore implements Aggregation {
  static final Set<String> PERCEPTION =
      Set.of(
          "existence",
          "count",
          "position",
          "color",
          "posters",
          "celebrity",
          "scene",
          "landmark",
          "artwork",
          "OCR");
  static final Set<String> COGNITION =
      Set.of(
          "commonsense_reasoning", "numerical_calculation", "text_translation", "code_reasoning");

  static boolean knows(Question question) {
    return question.kind().filter(k -> PERCEPTION.contains(k) || COGNITION.contains(k)).isPresent();
  }

  @Override
  public Map<String, Double> of(List<Graded> grades) {
    Map<String, Double> categories = new TreeMap<>();
    grades.stream()
        .collect(Collectors.groupingBy(Graded::kind))
        .forEach((category, questions) -> categories.put(category, category(questions)));
    Map<String, Double> scores = new LinkedHashMap<>();
    sum(scores, "perception", categories, PERCEPTION);
    sum(scores, "cognition", categories, COGNITION);
    categories.forEach((category, score) -> scores.put("category." + category, score));
    return scores;
  }

  private static double category(List<Graded> questions) {
    return questions.stream()
        .collect(Collectors.groupingBy(graded -> graded.question().image()))
        .values()
        .stream()
        .mapToDouble(MmeScore::picture)
        .average()
        .orElseThrow();
  }

  private static double picture(List<Graded> questions) {
    double accuracy = questions.stream().mapToDouble(Graded::grade).average().orElseThrow();
    return 100 * accuracy + (accuracy == 1 ? 100 : 0);
  }

  private static void sum(
      Map<String, Double> scores, String name, Map<String, Double> categories, Set<String> of) {
    List<Double> summands =
        categories.entrySet().stream()
            .filter(category -> of.contains(category.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    if (!summands.isEmpty()) {
      scores.put(name, summands.stream().mapToDouble(Double::doubleValue).sum());
    }
  }
}
