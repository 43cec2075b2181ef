package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.run.EvaluationScores.Score;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationScoresTest {
  private static final Score ACCURACY = new Score("pope", "accuracy", .5, 10, "pope-1");
  private static final Score F1 = new Score("pope", "f1", .25, 10, "pope-1");
  private static final Score OTHER = new Score("gqa", "accuracy", .75, 4, "gqa-1");

  @TempDir Path folder;

  @Test
  void aTaskThatIsToldTwiceIsListedOnce() throws Exception {
    List<Score> told = List.of(ACCURACY, F1, ACCURACY, F1, OTHER);

    Path table = new EvaluationScores("model", null, told).write(folder);

    assertThat(EvaluationScores.read(folder).orElseThrow().scores())
        .containsExactly(ACCURACY, F1, OTHER);
    assertThat(Files.readAllLines(table)).hasSize(5);
  }

  @Test
  void aTaskThatIsScoredAgainReplacesItsOwnScoresAlone() {
    Score again = new Score("pope", "accuracy", .6, 8, "pope-2");

    assertThat(
            new EvaluationScores("model", null, List.of(ACCURACY, F1, OTHER))
                .with(List.of(again))
                .scores())
        .containsExactly(OTHER, again);
  }
}
