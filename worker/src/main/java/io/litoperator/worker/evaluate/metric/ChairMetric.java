package io.litoperator.worker.evaluate.metric;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Object hallucination in captions (CHAIR, arXiv 1809.02156): {@code i}, hallucinated mentions per
 * mention; {@code s}, captions with a hallucination per caption; {@code recall}, pictured objects
 * mentioned per pictured object; {@code exact}, captions equal to the reference but for case and a
 * final full stop.
 *
 * <p>Objects are found by the published table of synonyms, which belongs to COCO's categories, or
 * else by the task's own objects: an object that no picture of the task shows is then not noticed
 * in a caption.
 */
public final class ChairMetric implements Metric {
  private final Optional<CocoObjects> synonyms;

  /** By the task's own objects. */
  public ChairMetric() {
    this(Optional.empty());
  }

  private ChairMetric(Optional<CocoObjects> synonyms) {
    this.synonyms = synonyms;
  }

  /**
   * By a table of synonyms: a category a line, its name first.
   *
   * @throws io.litoperator.worker.failure.Failure INPUT_MISSING or BAD_DATA, naming the file
   */
  public static ChairMetric of(Path synonyms) {
    return new ChairMetric(Optional.of(CocoObjects.read(synonyms)));
  }

  @Override
  public String version() {
    return synonyms.isPresent() ? "chair-synonyms-1" : "chair-own-vocabulary-1";
  }

  @Override
  public Optional<String> problem(Question question) {
    return question.objects().isEmpty()
        ? Optional.of("must name the pictured objects in field objects")
        : Optional.empty();
  }

  @Override
  public boolean correct(Answered pair) {
    return AnswerText.same(pair.prediction(), pair.question().answer());
  }

  @Override
  public Map<String, Double> score(List<Answered> pairs) {
    List<Caption> captions =
        synonyms
            .map(table -> captions(pairs, table::mentions, table::category))
            .orElseGet(() -> captions(pairs, vocabulary(pairs)::mentions, Vocabulary::name));
    Map<String, Double> scores = new LinkedHashMap<>(rates(captions));
    scores.put("exact", Ratio.of(pairs.stream().filter(this::correct).count(), pairs.size()));
    return scores;
  }

  private static Vocabulary vocabulary(List<Answered> pairs) {
    return new Vocabulary(
        pairs.stream()
            .flatMap(pair -> pair.question().objects().stream())
            .collect(Collectors.toSet()));
  }

  private static List<Caption> captions(
      List<Answered> pairs,
      Function<String, List<String>> mentions,
      Function<String, String> category) {
    return pairs.stream()
        .map(
            pair ->
                new Caption(
                    mentions.apply(pair.prediction()),
                    pair.question().objects().stream().map(category).collect(Collectors.toSet())))
        .toList();
  }

  /** CHAIR's rates, by the names {@code i}, {@code s} and {@code recall}. */
  static Map<String, Double> rates(List<Caption> captions) {
    double mentions = 0;
    double hallucinated = 0;
    double hallucinating = 0;
    double pictured = 0;
    double found = 0;
    for (Caption caption : captions) {
      mentions += caption.mentioned().size();
      hallucinated += caption.hallucinated();
      hallucinating += caption.hallucinated() > 0 ? 1 : 0;
      pictured += caption.pictured().size();
      found += caption.found();
    }
    Map<String, Double> rates = new LinkedHashMap<>();
    rates.put("i", Ratio.of(hallucinated, mentions));
    rates.put("s", Ratio.of(hallucinating, captions.size()));
    rates.put("recall", Ratio.of(found, pictured));
    return rates;
  }

  /**
   * What a caption says of a picture.
   *
   * @param mentioned with repetitions, as each mention counts
   */
  record Caption(List<String> mentioned, Set<String> pictured) {
    long hallucinated() {
      return mentioned.stream().filter(object -> !pictured.contains(object)).count();
    }

    long found() {
      Set<String> found = new HashSet<>(mentioned);
      found.retainAll(pictured);
      return found.size();
    }
  }
}
