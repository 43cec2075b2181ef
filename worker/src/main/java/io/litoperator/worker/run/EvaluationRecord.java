package io.litoperator.worker.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.util.List;

/**
 * {@code evaluations.json} beside a job's checkpoints: its scores, so that a coordinator's
 * successor reports them too.
 */
record EvaluationRecord(JobFiles files) {
  private static final String FILE = "evaluations.json";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  /** None if there is no such file. */
  List<Evaluation> read() {
    return files.read(FILE).map(this::parsed).orElse(List.of());
  }

  private List<Evaluation> parsed(byte[] content) {
    try {
      return JSON.readValue(content, new TypeReference<List<Evaluation>>() {});
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "The scores in %s cannot be read (%s); remove the file to go on without them."
              .formatted(files.name(FILE), e.getMessage()),
          e);
    }
  }

  void write(List<Evaluation> evaluations) {
    try {
      files.write(FILE, JSON.writeValueAsBytes(evaluations));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
