package io.litoperator.worker.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An evaluation's scores as files: {@code scores.json} and {@code scores.md}.
 *
 * @param model where what was evaluated is
 * @param digest of the checkpoint that was evaluated, by its manifest; null of another model
 * @param scores of the tasks that are done, each task's main one first; of a score that is told
 *     again, as after a rank's restart, only the last is kept
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EvaluationScores(String model, String digest, List<Score> scores) {
  static final String FILE = "scores.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  EvaluationScores {
    Map<List<String>, Score> last = new LinkedHashMap<>();
    scores.forEach(score -> last.put(List.of(score.task(), score.metric()), score));
    scores = List.copyOf(last.values());
  }

  /**
   * @param scorer name and version of the score's definition
   */
  record Score(String task, String metric, double score, long samples, String scorer) {
    static Score of(Event.Scored told) {
      return new Score(told.task(), told.metric(), told.score(), told.samples(), told.scorer());
    }

    /**
     * @param step of the job at which the model was scored, or null
     */
    Event.Scored event(Long step) {
      return new Event.Scored(task, metric, score, samples, scorer, step);
    }
  }

  /** What a folder has; empty if it has no such file. */
  static Optional<EvaluationScores> read(Path folder) {
    Path file = folder.resolve(FILE);
    try {
      return Optional.of(JSON.readValue(Files.readAllBytes(file), EvaluationScores.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The scores in %s cannot be read (%s); remove its folder to evaluate again."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /** As {@code scores.json} has them. */
  static EvaluationScores of(byte[] json) {
    try {
      return JSON.readValue(json, EvaluationScores.class);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "Scores that were kept in " + FILE + " cannot be read.", e);
    }
  }

  /** Writes both, each whole or not at all; returns the table's. */
  Path write(Path folder) {
    try {
      Files.createDirectories(folder);
      replace(folder.resolve(FILE), JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this));
      return replace(folder.resolve("scores.md"), markdown());
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "Scores cannot be written to %s: %s.".formatted(folder, e.getMessage()),
          e);
    }
  }

  private static Path replace(Path file, String text) throws IOException {
    Path unfinished = file.resolveSibling("." + file.getFileName());
    Files.writeString(unfinished, text);
    return Files.move(
        unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** With all of further tasks; those of a task that was scored before go. */
  EvaluationScores with(List<Score> more) {
    Set<String> tasks = more.stream().map(Score::task).collect(Collectors.toSet());
    Stream<Score> others = scores.stream().filter(score -> !tasks.contains(score.task()));
    return new EvaluationScores(model, digest, Stream.concat(others, more.stream()).toList());
  }

  /** A task's, the main one first; none if it is not done. */
  List<Score> of(String task) {
    return scores.stream().filter(score -> score.task().equals(task)).toList();
  }

  private String markdown() {
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
