package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.data.tables.Table;
import io.litoperator.worker.evaluate.published.PublishedFormat;
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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a task's questions: JSON lines, or an array in a file {@code .json}, in our own format or
 * in the data set's published one; or Parquet as published. Blank lines are passed over.
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
  public static List<Question> read(Path file, EvaluationTask.Asking task) {
    List<QuestionRecord> records = records(file);
    Optional<PublishedFormat> published =
        PublishedFormat.of(task.name())
            .filter(format -> !records.isEmpty() && format.fits(records.get(0)));
    Function<QuestionRecord, Question> format =
        published.isPresent()
            ? record -> published.get().question(record, record.texts("images", "paths"))
            : record -> OwnFormat.question(record, task.wording().needsQuestion());
    return asked(file, task, records.stream().map(r -> worded(task, r, format.apply(r))).toList());
  }

  /**
   * Reads a task's published Parquet.
   *
   * @param table open; a question's pictures are named {@code row/column/index}
   * @throws Failure BAD_DATA with file and row
   */
  static List<Question> read(
      Table table, Path source, EvaluationTask.Asking task, PublishedFormat format) {
    List<String> shown = format.pictureColumns(table.pictureColumns());
    Map<String, Integer> firstRows = new HashMap<>();
    List<Question> questions = new ArrayList<>();
    table.forEach(
        table.columns(),
        (row, json) -> {
          QuestionRecord record =
              new QuestionRecord(
                  json, "%s row %d:".formatted(table.file(row), table.rowInFile(row)), row);
          int pictured =
              format.picturesById()
                  ? firstRows.computeIfAbsent(record.scalar("question_id"), id -> row)
                  : row;
          // A row's JSON has null for a picture that is not there.
          List<String> pictures =
              shown.stream().filter(record::has).map(column -> pictured + "/" + column).toList();
          questions.add(worded(task, record, format.question(record, pictures)));
        });
    return asked(source, task, questions);
  }

  private static Question worded(
      EvaluationTask.Asking task, QuestionRecord record, Question question) {
    task.problem(question)
        .ifPresent(
            problem -> {
              throw record.refuse(problem);
            });
    return question.asking(task.wording().of(question));
  }

  private static List<Question> asked(
      Path source, EvaluationTask.Asking task, List<Question> questions) {
    if (questions.isEmpty()) {
      throw new Failure(ExitCode.BAD_DATA, source + " holds no questions.");
    }
    if (task.numbersQuestions()) {
      requireOnce(source, questions);
    }
    return questions;
  }

  private static void requireOnce(Path source, List<Question> questions) {
    Set<String> ids = new HashSet<>();
    for (Question question : questions) {
      if (!ids.add(question.id())) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s holds question %s twice; keep one of them.".formatted(source, question.id()));
      }
    }
  }

  private static List<QuestionRecord> records(Path file) {
    return file.toString().endsWith(".json") ? items(file) : lines(file);
  }

  /** Of a JSON array. */
  private static List<QuestionRecord> items(Path file) {
    try {
      JsonNode array = JSON.readTree(Files.readString(file));
      if (!array.isArray()) {
        throw new Failure(
            ExitCode.BAD_DATA,
            "%s must hold a JSON array; name JSON lines .jsonl.".formatted(file));
      }
      List<QuestionRecord> records = new ArrayList<>();
      for (JsonNode item : array) {
        int number = records.size() + 1;
        records.add(new QuestionRecord(item, "%s: item %d".formatted(file, number), number));
      }
      return records;
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s is not valid JSON (%s).".formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "Questions %s cannot be read: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  private static List<QuestionRecord> lines(Path file) {
    List<QuestionRecord> records = new ArrayList<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          records.add(record(file, number, line));
        }
      }
      return records;
    } catch (NoSuchFileException e) {
      throw new Failure(ExitCode.INPUT_MISSING, "Questions " + file + " do not exist.", e);
    } catch (AccessDeniedException e) {
      throw new Failure(
          ExitCode.INPUT_MISSING, "Questions " + file + " may not be read: permission denied.", e);
    } catch (CharacterCodingException e) {
      throw new Failure(
          ExitCode.BAD_DATA, "%s: line %d is not UTF-8 text.".formatted(file, number + 1), e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.ofReading(file, e),
          "Questions %s cannot be read: %s.".formatted(file, e.getMessage()),
          e);
    }
  }

  private static QuestionRecord record(Path file, int number, String line) {
    String place = "%s: line %d".formatted(file, number);
    try {
      JsonNode json = JSON.readTree(line);
      QuestionRecord record = new QuestionRecord(json, place, number);
      if (!json.isObject()) {
        throw record.refuse("must be a JSON object");
      }
      return record;
    } catch (JsonProcessingException e) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s is not valid JSON (%s).".formatted(place, e.getOriginalMessage()),
          e);
    }
  }
}
