package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.evaluate.task.EvaluationTask;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Reads a task's questions: JSON lines, each an object with {@code image}, {@code question} (but
 * for tasks that ask the same of every picture), {@code answer} or {@code answers} or both, and
 * optionally {@code id} (else the line number), {@code kind}, {@code objects}, {@code choices},
 * {@code context} and {@code dataset}. Blank lines and other fields are passed over.
 */
public final class Questions {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Questions() {}

  /**
   * Reads a task's file.
   *
   * @return the questions in the task's words
   * @throws Failure INPUT_MISSING, or BAD_DATA with file and line, also where a question lacks what
   *     the task needs
   */
  public static List<Question> read(Path file, EvaluationTask task) {
    List<Question> questions = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Line here = new Line(file, ++number);
        if (!line.isBlank()) {
          Question question = here.question(line, task.wording().needsQuestion());
          task.problem(question).ifPresent(here::refuse);
          questions.add(question.asking(task.wording().of(question)));
        }
      }
    } catch (NoSuchFileException e) {
      throw new Failure(ExitCode.INPUT_MISSING, "Questions " + file + " do not exist.", e);
    } catch (AccessDeniedException e) {
      throw new Failure(
          ExitCode.INPUT_MISSING, "Questions " + file + " may not be read: permission denied.", e);
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.BAD_DATA, "%s: line %d is not UTF-8 text.".formatted(file, number + 1), e);
    } catch (IOException e) {
      ExitCode code = Files.isRegularFile(file) ? ExitCode.STORAGE : ExitCode.INPUT_MISSING;
      throw new Failure(
          code, "Questions %s cannot be read: %s.".formatted(file, e.getMessage()), e);
    }
    if (questions.isEmpty()) {
      throw new Failure(ExitCode.BAD_DATA, file + " holds no questions.");
    }
    return questions;
  }

  /** Where a question stands, for messages. */
  private record Line(Path file, int number) {

    Question question(String text, boolean hasWords) {
      JsonNode json = json(text);
      List<String> answers = texts(json, "answers", "texts");
      String answer =
          answers.isEmpty() || json.hasNonNull("answer") ? text(json, "answer") : answers.get(0);
      return new Question(
          json.hasNonNull("id") ? json.get("id").asText() : Integer.toString(number),
          text(json, "image"),
          hasWords ? text(json, "question") : "",
          answer,
          optional(json, "kind"),
          texts(json, "objects", "names"),
          new Question.References(
              answers.isEmpty() ? List.of(answer) : answers,
              texts(json, "choices", "texts"),
              optional(json, "context"),
              optional(json, "dataset")));
    }

    private JsonNode json(String text) {
      try {
        JsonNode json = JSON.readTree(text);
        if (!json.isObject()) {
          refuse("must be a JSON object");
        }
        return json;
      } catch (JsonProcessingException e) {
        throw failure("is not valid JSON (" + e.getOriginalMessage() + ")", e);
      }
    }

    private String text(JsonNode json, String field) {
      JsonNode value = json.path(field);
      if (!value.isTextual() || value.textValue().isBlank()) {
        refuse("must have text in field " + field);
      }
      return value.textValue();
    }

    private Optional<String> optional(JsonNode json, String field) {
      return json.hasNonNull(field) ? Optional.of(text(json, field)) : Optional.empty();
    }

    /** None if there is no such field. */
    private List<String> texts(JsonNode json, String field, String what) {
      List<String> texts = new ArrayList<>();
      JsonNode array = json.path(field);
      if (!array.isMissingNode() && !array.isArray()) {
        refuse("must have an array of " + what + " in field " + field);
      }
      for (JsonNode text : array) {
        if (!text.isTextual() || text.textValue().isBlank()) {
          refuse("must have only " + what + " in field " + field);
        }
        texts.add(text.textValue());
      }
      return texts;
    }

    private void refuse(String problem) {
      throw failure(problem, null);
    }

    private Failure failure(String problem, Exception cause) {
      return new Failure(
          ExitCode.BAD_DATA, "%s: line %d %s.".formatted(file, number, problem), cause);
    }
  }
}
