package io.litoperator.worker.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * {@code evaluations.json} beside a job's checkpoints: its scores, so that a coordinator's
 * successor reports them too.
 */
record EvaluationRecord(Path file) {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  static EvaluationRecord in(Path jobFolder) {
    return new EvaluationRecord(jobFolder.resolve("evaluations.json"));
  }

  /** None if there is no such file. */
  List<Evaluation> read() {
    try {
      return JSON.readValue(Files.readAllBytes(file), new TypeReference<List<Evaluation>>() {});
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The scores in %s cannot be read (%s); remove the file to go on without them."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  void write(List<Evaluation> evaluations) {
    Path unfinished = file.resolveSibling("." + file.getFileName());
    try {
      Files.createDirectories(file.getParent());
      Files.write(unfinished, JSON.writeValueAsBytes(evaluations));
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The scores cannot be written to %s: %s.".formatted(file, e.getMessage()),
          e);
    }
  }
}
