package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PopeMetricTest {
  private final PopeMetric metric = new PopeMetric();

  @Test
  void equalsTheReference() {
    List<Answered> pairs = new ArrayList<>();
    for (JsonNode input : MetricFixtures.inputs("pope")) {
      pairs.add(pair(input.path("answer").asText(), input.path("prediction").asText()));
    }
    JsonNode expected = MetricFixtures.expected("pope");

    Map<String, Double> scores = metric.score(pairs);

    Map.of(
            "accuracy", "accuracy",
            "precision", "precision",
            "recall", "recall",
            "f1", "f1_score",
            "yesRatio", "yes_ratio")
        .forEach(
            (ours, theirs) ->
                assertThat(scores.get(ours))
                    .as(ours)
                    .isCloseTo(expected.path(theirs).asDouble(), within(1e-9)));
    for (int i = 0; i < pairs.size(); i++) {
      assertThat(metric.correct(pairs.get(i)))
          .as("item %d", i)
          .isEqualTo(expected.path("per_item").path(i).asDouble() == 1.0);
    }
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
