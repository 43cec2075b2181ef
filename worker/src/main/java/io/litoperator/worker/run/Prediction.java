package io.litoperator.worker.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.evaluate.Answered;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A line of a task's predictions.
 *
 * @param image the first picture's name; empty if there is none
 * @param judgement what the judge said; null where none is asked
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Prediction(
    String id,
    String image,
    String question,
    String answer,
    String prediction,
    boolean correct,
    String judgement,
    String scorer) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static Prediction of(Answered pair, boolean correct, String judgement, String scorer) {
    Question question = pair.question();
    return new Prediction(
        question.id(),
        question.image(),
        question.question(),
        question.answer(),
        pair.prediction(),
        correct,
        judgement,
        scorer);
  }

  /** One JSON object a line; the file is there whole or not at all. */
  static void write(Path file, List<Prediction> predictions) {
    Path unfinished = file.resolveSibling("." + file.getFileName());
    try {
      Files.createDirectories(file.getParent());
      Files.write(unfinished, predictions.stream().map(Prediction::toJson).toList());
      Files.move(
          unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE,
          "Predictions cannot be written to %s: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  private String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
