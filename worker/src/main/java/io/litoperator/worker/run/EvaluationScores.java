package io.litoperator.worker.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * An evaluation's scores as files: {@code scores.json} and {@code scores.md}.
 *
 * @param model folder of what was evaluated
 */
record EvaluationScores(String model, List<Score> scores) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param scorer name and version of the score's definition
   */
  record Score(String task, String metric, double score, long samples, String scorer) {}

  /** Writes both; returns the table's. */
  static Path write(Path folder, Path model, List<Event.Scored> scored) {
    EvaluationScores scores =
        new EvaluationScores(
            model.toString(),
            scored.stream()
                .map(s -> new Score(s.task(), s.metric(), s.score(), s.samples(), s.scorer()))
                .toList());
    try {
      Files.write(
          folder.resolve("scores.json"),
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(scores));
      return Files.writeString(folder.resolve("scores.md"), scores.markdown());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "Scores cannot be written to %s: %s.".formatted(folder, e.getMessage()),
          e);
    }
  }

  String markdown() {
    StringBuilder text = new StringBuilder("| task | score | value | samples | scorer |\n");
    text.append("|---|---|---:|---:|---|\n");
    for (Score score : scores) {
      text.append(
          String.format(
              Locale.ROOT,
              "| %s | %s | %.4f | %d | %s |%n",
              score.task(),
              score.metric(),
              score.score(),
              score.samples(),
              score.scorer()));
    }
    return text.toString();
  }
}
