package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.caption.CaptionTokenizer;
import io.litoperator.worker.evaluate.text.PythonText;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MetricCaptionsTest {
  private static final JsonNode EXPECTED = MetricFixtures.expected("captions");
  private static final List<Answered> PAIRS = MetricFixtures.answered("captions");

  static Stream<Arguments> captions() {
    List<Double> scores = CaptionMetric.each(PAIRS);
    return IntStream.range(0, PAIRS.size())
        .mapToObj(
            i ->
                Arguments.of(
                    i,
                    PAIRS.get(i).prediction(),
                    CaptionTokenizer.tokens(PAIRS.get(i).prediction()),
                    scores.get(i),
                    EXPECTED.path("tokenized").path(i).path("prediction").asText(),
                    EXPECTED.path("per_item").path(i).asDouble()));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void captions(
      int index,
      String caption,
      List<String> tokens,
      double score,
      String expectedTokens,
      double expectedScore) {
    assertThat(tokens).isEqualTo(PythonText.split(expectedTokens));
    assertThat(score).isCloseTo(expectedScore, within(1e-6));
  }

  static Stream<Arguments> references() {
    List<String> texts =
        PAIRS.stream().flatMap(pair -> pair.question().references().answers().stream()).toList();
    List<String> expected =
        EXPECTED.path("tokenized").findValues("references").stream()
            .flatMap(array -> MetricFixtures.texts(array).stream())
            .toList();
    assertThat(expected).hasSameSizeAs(texts);
    return IntStream.range(0, texts.size())
        .mapToObj(i -> Arguments.of(i, texts.get(i), expected.get(i)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void references(int index, String text, String expected) {
    assertThat(CaptionTokenizer.tokens(text)).isEqualTo(PythonText.split(expected));
  }

  @Test
  void mean() {
    assertThat(new CaptionMetric().score(PAIRS).get("cider"))
        .isCloseTo(EXPECTED.path("cider").asDouble(), within(1e-6));
  }

  @Test
  void oneOfTheReferencesIsRight() {
    Question question =
        new Question(
            "1",
            List.of("a.png"),
            "",
            "A cat.",
            Optional.empty(),
            List.of(),
            new Question.References(
                List.of("A cat.", "Two cats."), List.of(), Optional.empty(), Optional.empty()));
    CaptionMetric metric = new CaptionMetric();

    assertThat(metric.correct(new Answered(question, "two cats"))).isTrue();
    assertThat(metric.correct(new Answered(question, "three cats"))).isFalse();
  }
}
