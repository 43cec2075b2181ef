package io.litoperator.worker.evaluate.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Metric;
import io.litoperator.worker.evaluate.Question;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswersMetricTest {
  private final Metric metric = Metrics.answers();

  @ParameterizedTest(name = "''{0}'' for ''{1}'': {2}")
  @CsvSource({
    "top, top, true",
    "' Top\n', top, true",
    "top., top, true",
    "'Top .', top, true",
    "top, TOP., true",
    "top.., top, false",
    "top left, top, false",
    "'', top, false",
    "to.p, top, false"
  })
  void comparesButForCaseBlanksAndFullStop(String said, String right, boolean correct) {
    assertThat(metric.correct(pair("where", right, said))).isEqualTo(correct);
  }

  @Test
  void everyKindCountsTheSame() {
    List<Answered> pairs =
        List.of(
            pair("where", "top", "top"),
            pair("where", "top", "left"),
            pair("where", "top", "left"),
            pair("where", "top", "left"),
            pair("color", "red", "red"));

    assertThat(metric.score(pairs))
        .containsExactly(
            Map.entry("accuracy", 0.625),
            Map.entry("accuracy.color", 1.0),
            Map.entry("accuracy.where", 0.25));
  }

  @Test
  void kindsAreWordsInScoresNames() {
    List<Answered> pairs =
        List.of(pair("a & b", "top", "top"), pair("a b", "top", "left"), pair("c", "red", "red"));

    assertThat(metric.score(pairs))
        .containsExactly(
            Map.entry("accuracy", 2 / 3.0),
            Map.entry("accuracy.a-b", 1.0),
            Map.entry("accuracy.a-b-2", 0.0),
            Map.entry("accuracy.c", 1.0));
    assertThat(metric.score(List.of(pair("x".repeat(99), "a", "a"))).keySet())
        .allSatisfy(name -> assertThat(name).hasSizeLessThan(63));
  }

  @Property(tries = 200)
  void orderOfAnswersDoesNotMatter(
      @ForAll @Size(min = 1, max = 30) List<Boolean> right, @ForAll long seed) {
    List<Answered> pairs =
        new ArrayList<>(
            IntStream.range(0, right.size())
                .mapToObj(i -> pair("kind" + i % 3, "a", right.get(i) ? "A" : "b"))
                .toList());
    var scores = metric.score(pairs);
    Collections.shuffle(pairs, new Random(seed));

    assertThat(metric.score(pairs)).isEqualTo(scores);
    assertThat(scores.values()).allSatisfy(score -> assertThat(score).isBetween(0.0, 1.0));
  }

  private static Answered pair(String kind, String right, String said) {
    return new Answered(new Question("1", "a.png", "?", right, Optional.of(kind), List.of()), said);
  }
}
