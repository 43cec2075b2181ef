package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.metric.ChairMetric.Caption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChairMetricTest {
  private final ChairMetric metric = new ChairMetric();

  @Test
  void ratesEqualTheReference() {
    JsonNode expected = MetricFixtures.expected("chair");
    List<Caption> captions = new ArrayList<>();
    for (JsonNode input : MetricFixtures.inputs("chair")) {
      List<String> mentioned =
          MetricFixtures.texts(expected.path("mentioned").path(captions.size()));
      captions.add(
          new Caption(mentioned, new HashSet<>(MetricFixtures.texts(input.path("objects")))));
    }

    Map<String, Double> rates = ChairMetric.rates(captions);

    assertThat(100 * rates.get("i")).isCloseTo(expected.path("chair_i").asDouble(), within(1e-9));
    assertThat(100 * rates.get("s")).isCloseTo(expected.path("chair_s").asDouble(), within(1e-9));
    assertThat(100 * rates.get("recall"))
        .isCloseTo(expected.path("recall").asDouble(), within(1e-9));
  }

  @Test
  void scoresCaptionsByTheTasksOwnObjects() {
    List<Answered> pairs =
        List.of(
            pair("the top has a cat", "The top has a cat.", "cat"),
            pair("the left has a dog", "the left has a cat and the top has a dog", "dog"),
            pair("the left has a hot dog", "nothing", "hot dog"));

    Map<String, Double> scores = metric.score(pairs);

    assertThat(scores.keySet()).containsExactly("i", "s", "recall", "exact");
    assertThat(scores.get("i")).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(scores.get("s")).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(scores.get("recall")).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(scores.get("exact")).isCloseTo(1 / 3.0, within(1e-12));
  }

  @Test
  void captionsWithoutAnyObjectScoreNumbers() {
    assertThat(metric.score(List.of(pair("a cat", "", "cat"))))
        .containsExactly(
            Map.entry("i", 0.0),
            Map.entry("s", 0.0),
            Map.entry("recall", 0.0),
            Map.entry("exact", 0.0));
  }

  private static Answered pair(String reference, String said, String... objects) {
    return new Answered(
        new Question("1", "a.png", "?", reference, Optional.empty(), List.of(objects)), said);
  }
}
