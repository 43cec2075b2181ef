package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoreTableTest {

  @Test
  void meanAndSampleDeviationAreOfTheSeeds() {
    ScoreTable table = table(column("VIT", .658, .546, .411, .440));

    ScoreTable.Score score = table.rows().get(0).cells().get(0).orElseThrow();
    assertThat(score.mean()).isCloseTo(.51375, within(1e-12));
    assertThat(score.standardDeviation().orElseThrow()).isCloseTo(.11232, within(1e-5));
    assertThat(Numbers.spread(score)).isEqualTo("0.514 ± 0.112");
  }

  @Test
  void oneSeedHasNoDeviation() {
    ScoreTable table = table(column("VIT", .5));

    assertThat(table.rows().get(0).cells().get(0).orElseThrow().standardDeviation()).isEmpty();
  }

  @Test
  void meansAreByObjectiveAndMetric() {
    ScoreTable table = table(column("VIT", .4, .6), column("LIT", .9));

    assertThat(table.means())
        .isEqualTo(Map.of("VIT", Map.of("pope.accuracy", .5), "LIT", Map.of("pope.accuracy", .9)));
  }

  @Test
  void aScoreThatOneObjectiveLacksHasNoDifference() {
    Map<String, List<Map<String, Double>>> scores = new LinkedHashMap<>();
    scores.put("VIT", List.of(Map.of()));
    scores.put("LIT", List.of(Map.of("chair.i", .1)));
    ScoreTable.Row row = ScoreTable.of(scores).rows().get(0);

    assertThat(row.cells().get(0)).isEmpty();
    assertThat(row.difference(1)).isEmpty();
  }

  @Test
  void plainTextAlignsColumnsAndWarnsOfOneSeed() {
    ScoreTable table = table(column("VIT", .9), column("LIT", .4));

    assertThat(ScoreText.plain(table).lines())
        .containsExactly(
            "score             VIT     LIT   LIT − VIT",
            "pope.accuracy   0.900   0.400      −0.500",
            "one seed: differences of this size can be chance");
  }

  @Test
  void markdownShowsSpread() {
    ScoreTable table = table(column("VIT", .4, .6), column("LIT", .8, .9));

    assertThat(ScoreText.markdown(table).lines())
        .containsExactly(
            "| score | VIT | LIT | LIT − VIT |",
            "|---|---:|---:|---:|",
            "| pope.accuracy | 0.500 ± 0.141 | 0.850 ± 0.071 | +0.350 |",
            "",
            "2 seeds: mean ± standard deviation of the seeds");
  }

  @Test
  void differentNumbersOfSeedsAreNamed() {
    ScoreTable table = table(column("VIT", .4), column("LIT", .8, .9));

    assertThat(ScoreText.seeds(table))
        .isEqualTo("seeds: VIT 1, LIT 2: differences of this size can be chance");
  }

  @Test
  void oneObjectiveIsNotCompared() {
    assertThat(ScoreText.seeds(table(column("LIT", .4)))).isEqualTo("one seed");
  }

  private record Column(String objective, double[] values) {}

  private static Column column(String objective, double... values) {
    return new Column(objective, values);
  }

  private static ScoreTable table(Column... columns) {
    Map<String, List<Map<String, Double>>> scores = new LinkedHashMap<>();
    for (Column column : columns) {
      List<Map<String, Double>> seeds = new ArrayList<>();
      for (double value : column.values()) {
        seeds.add(Map.of("pope.accuracy", value));
      }
      scores.put(column.objective(), seeds);
    }
    return ScoreTable.of(scores);
  }
}
