package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.task.EvaluationTask.Answering;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.evaluate.text.EvalAi;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The registered tasks' metrics against the references' scores in {@code fixtures/metrics}. */
class MetricParityTest {
  /** Task, and the group of the fixtures that has its inputs. */
  private static final Map<String, String> GRADED =
      Map.ofEntries(
          Map.entry("vqav2", "vqa"),
          Map.entry("textvqa", "vqa"),
          Map.entry("vizwiz", "vqa"),
          Map.entry("gqa", "gqa"),
          Map.entry("scienceqa", "scienceqa"),
          Map.entry("chartqa", "chartqa"),
          Map.entry("docvqa", "docvqa"),
          Map.entry("ocrbench", "ocrbench"),
          Map.entry("mmstar", "mmstar"));

  static Stream<Arguments> normalised() {
    return cases("evalai_normalise", JsonNode::asText, MetricFixtures.expected("evalai_normalise"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void normalised(int index, String text, JsonNode expected) {
    assertThat(EvalAi.normalise(text)).isEqualTo(expected.asText());
  }

  static Stream<Arguments> withoutPunctuationAndArticles() {
    return cases(
        "evalai_normalise",
        JsonNode::asText,
        MetricFixtures.expected("evalai_punctuation_then_articles"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void withoutPunctuationAndArticles(int index, String text, JsonNode expected) {
    assertThat(EvalAi.punctuationThenArticles(text)).isEqualTo(expected.asText());
  }

  static Stream<Arguments> graded() {
    return GRADED.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(
            task -> {
              List<Answered> pairs = MetricFixtures.answered(task.getValue());
              JsonNode expected = MetricFixtures.expected(task.getKey()).path("per_item");
              assertThat(expected).hasSameSizeAs(pairs);
              return IntStream.range(0, pairs.size())
                  .mapToObj(
                      i ->
                          Arguments.of(
                              task.getKey(),
                              i,
                              pairs.get(i).prediction(),
                              pairs.get(i),
                              expected.path(i).asDouble()));
            });
  }

  @ParameterizedTest(name = "{0} {1}: {2}")
  @MethodSource
  void graded(String task, int index, String said, Answered pair, double expected) {
    assertThat(((AnswerMetric<?>) metric(task)).grade(pair)).isEqualTo(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "vqav2, accuracy, mean",
    "textvqa, accuracy, mean",
    "vizwiz, accuracy, mean",
    "gqa, accuracy, mean",
    "scienceqa, accuracy, mean",
    "chartqa, accuracy, mean",
    "docvqa, anls, mean",
    "ocrbench, accuracy, mean",
    "mmstar, accuracy, average_over_categories"
  })
  void aggregated(String task, String score, String expected) {
    Map<String, Double> scores = metric(task).score(MetricFixtures.answered(GRADED.get(task)));

    assertThat(scores.keySet()).first().isEqualTo(score);
    assertThat(scores.get(score))
        .isCloseTo(MetricFixtures.expected(task).path(expected).asDouble(), within(1e-9));
  }

  static Stream<Arguments> mmeParsed() {
    return cases(
        "mme",
        input -> input.path("prediction").asText(),
        MetricFixtures.expected("mme").path("parsed"));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void mmeParsed(int index, String said, JsonNode expected) {
    assertThat(YesNo.of(PythonText.strip(said))).isEqualTo(expected.asText());
  }

  @Test
  void mmeSummedUp() {
    assertThat(metric("mme").score(MetricFixtures.answered("mme")).get("perception"))
        .isCloseTo(MetricFixtures.expected("mme").path("perception").asDouble(), within(1e-9));
  }

  static Stream<Arguments> mmmu() {
    List<Answered> pairs = MetricFixtures.answered("mmmu");
    JsonNode expected = MetricFixtures.expected("mmmu");
    return IntStream.range(0, pairs.size())
        .mapToObj(
            i ->
                Arguments.of(
                    i,
                    pairs.get(i).prediction(),
                    pairs.get(i),
                    expected.path("parsed").path(i),
                    expected.path("correct").path(i).asBoolean()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void mmmu(int index, String said, Answered pair, JsonNode parsed, boolean correct) {
    if (pair.question().references().choices().isEmpty()) {
      assertThat(MmmuOpen.of(PythonText.strip(said))).isEqualTo(openAnswers(parsed));
    } else {
      assertThat(MmmuMetric.letter(pair).orElse("RANDOM")).isEqualTo(parsed.asText());
    }
    assertThat(metric("mmmu").correct(pair)).isEqualTo(correct);
  }

  @Test
  void mmmuSummedUp() {
    assertThat(metric("mmmu").score(MetricFixtures.answered("mmmu")).get("accuracy"))
        .isCloseTo(MetricFixtures.expected("mmmu").path("accuracy").asDouble(), within(1e-9));
  }

  private static Set<OpenAnswer> openAnswers(JsonNode parsed) {
    Set<OpenAnswer> answers = new HashSet<>();
    for (JsonNode one : parsed) {
      answers.add(
          one.isNumber()
              ? new OpenAnswer.Number(one.asDouble())
              : new OpenAnswer.Text(one.asText()));
    }
    return answers;
  }

  private static Metric metric(String task) {
    return ((Answering) Tasks.of(task)).metric();
  }

  private static Stream<Arguments> cases(
      String group, Function<JsonNode, String> text, JsonNode expected) {
    JsonNode inputs = MetricFixtures.inputs(group);
    assertThat(expected).hasSameSizeAs(inputs);
    return IntStream.range(0, inputs.size())
        .mapToObj(i -> Arguments.of(i, text.apply(inputs.path(i)), expected.path(i)));
  }
}
