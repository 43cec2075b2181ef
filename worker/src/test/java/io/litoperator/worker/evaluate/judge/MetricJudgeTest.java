package io.litoperator.worker.evaluate.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.litoperator.worker.evaluate.judge.HallusionBench.Item;
import io.litoperator.worker.evaluate.judge.HallusionBench.Judged;
import io.litoperator.worker.evaluate.metric.MetricFixtures;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class MetricJudgeTest {
  static Stream<Arguments> hallusion() {
    List<Judged> judged = judged();
    JsonNode correct = MetricFixtures.expected("hallusion").path("correct");
    assertThat(correct).hasSameSizeAs(judged);
    return IntStream.range(0, judged.size())
        .mapToObj(i -> Arguments.of(i, judged.get(i), correct.path(i).asInt() == 1));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource
  void hallusion(int index, Judged judged, boolean correct) {
    assertThat(judged.correct()).isEqualTo(correct);
  }

  @ParameterizedTest
  @CsvSource({"aAcc", "fAcc", "qAcc"})
  void hallusionSummedUp(String score) {
    assertThat(100 * HallusionBench.scores(judged()).get(score))
        .isCloseTo(MetricFixtures.expected("hallusion").path(score).asDouble(), within(1e-9));
  }

  @Test
  void anItemIsJudgedOnce() {
    Judged judged = new Judged(new Item("VD", "math", 0, 0, 0), Verdict.RIGHT);

    assertThatThrownBy(() -> HallusionBench.scores(List.of(judged, judged)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static List<Judged> judged() {
    List<Judged> judged = new ArrayList<>();
    for (JsonNode input : MetricFixtures.inputs("hallusion")) {
      Item item =
          new Item(
              input.path("category").asText(),
              input.path("subcategory").asText(),
              input.path("set_id").asInt(),
              input.path("figure_id").asInt(),
              input.path("question_id").asInt());
      judged.add(new Judged(item, Verdict.values()[input.path("judge").asInt()]));
    }
    return judged;
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "Correct., RIGHT",
    "correct, RIGHT",
    "'Output: Incorrect', WRONG",
    "'It is correct, not incorrect', WRONG",
    "unclear, UNCLEAR",
    "'', UNCLEAR"
  })
  void verdicts(String judgement, Verdict verdict) {
    assertThat(Verdict.of(judgement)).isEqualTo(verdict);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "'Rating: 6', 6",
    "'The answer is fine. rating: 0, some hallucination', 0",
    "'RATING: 3\nRating: 3', 3",
    "'Rating: 2 or rating: 4', -1",
    "'Rating: 7', -1",
    "'Rating 5', -1",
    "'', -1"
  })
  void ratings(String judgement, int rating) {
    assertThat(MmHalBench.rating(judgement).orElse(-1)).isEqualTo(rating);
  }

  @Test
  void mmHalSummedUp() {
    Map<String, Double> scores =
        MmHalBench.scores(
            List.of(
                new MmHalBench.Judged("counting", "Rating: 6"),
                new MmHalBench.Judged("counting", "Rating: 2"),
                new MmHalBench.Judged("other", "Rating: 3"),
                new MmHalBench.Judged("other", "no idea")));

    assertThat(scores)
        .containsExactly(
            Map.entry("score", 2.75),
            Map.entry("hallucination", 0.5),
            Map.entry("unreadable", 0.25),
            Map.entry("score.counting", 4.0),
            Map.entry("score.other", 1.5));
  }
}
