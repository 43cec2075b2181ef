package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PopeMetricTest {
  private final PopeMetric metric = new PopeMetric();

  static Stream<Arguments> graded() {
    List<Answered> pairs = MetricFixtures.answered("pope");
    JsonNode expected = MetricFixtures.expected("pope").path("per_item");
    assertThat(expected).hasSameSizeAs(pairs);
    return IntStream.range(0, pairs.size())
        .mapToObj(
            i ->
                Arguments.of(
                    i,
                    pairs.get(i).prediction(),
                    pairs.get(i),
                    expected.path(i).asDouble() == 1.0));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void graded(int index, String said, Answered pair, boolean correct) {
    assertThat(metric.correct(pair)).isEqualTo(correct);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "accuracy, accuracy",
    "precision, precision",
    "recall, recall",
    "f1, f1_score",
    "yesRatio, yes_ratio"
  })
  void scoresEqualTheReference(String ours, String theirs) {
    assertThat(metric.score(MetricFixtures.answered("pope")).get(ours))
        .isCloseTo(MetricFixtures.expected("pope").path(theirs).asDouble(), within(1e-9));
  }

  @Test
  void predictedYesRatioIsOfTheModelsAnswers() {
    List<Answered> pairs =
        List.of(pair("no", "Yes"), pair("no", "yes "), pair("no", "no"), pair("no", "perhaps"));

    assertThat(metric.score(pairs)).containsEntry("predictedYesRatio", 0.5);
    assertThat(metric.score(pairs)).containsEntry("yesRatio", 0.0);
  }

  @Test
  void modelThatNeverSaysYesScoresNumbers() {
    assertThat(metric.score(List.of(pair("yes", "no"), pair("no", "no"))))
        .containsEntry("accuracy", 0.5)
        .containsEntry("precision", 0.0)
        .containsEntry("recall", 0.0)
        .containsEntry("f1", 0.0);
  }

  private static Answered pair(String right, String said) {
    return new Answered(new Question("1", "a.png", "?", right, Optional.empty(), List.of()), said);
  }
}
