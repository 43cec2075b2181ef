package io.litoperator.worker.evaluate;

import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.tables.Table;
import io.litoperator.worker.evaluate.published.PublishedFormat;
import io.litoperator.worker.evaluate.task.EvaluationTask;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A task's questions and their pictures. Safe for use by several threads. */
public final class TaskData implements AutoCloseable {
  private final List<Question> questions;
  private final Pictures pictures;
  private final Optional<Table> table;

  /** Gives pictures by the names that questions have for them. */
  @FunctionalInterface
  private interface Pictures {
    Picture picture(String name);
  }

  private TaskData(List<Question> questions, Pictures pictures, Optional<Table> table) {
    this.questions = questions;
    this.pictures = pictures;
    this.table = table;
  }

  /** Questions without a file, about pictures in a folder. */
  public static TaskData of(List<Question> questions, Path images) {
    return new TaskData(
        questions, name -> PictureDecoder.decode(images.resolve(name)), Optional.empty());
  }

  /**
   * Reads a task's questions; pictures are read when they are asked for.
   *
   * @throws Failure INPUT_MISSING or BAD_DATA, naming the file and line or row
   */
  public static TaskData open(Task task, EvaluationTask.Asking definition) {
    if (!Table.isAt(task.data())) {
      return of(Questions.read(task.data(), definition), task.images());
    }
    PublishedFormat format =
        PublishedFormat.of(task.name())
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.INVALID,
                        "Task %s has no published Parquet layout; give its questions as JSON lines."
                            .formatted(task.name())));
    Table table = Table.open(task.data());
    try {
      List<Question> questions = Questions.read(table, task.data(), definition, format);
      return table.pictureColumns().isEmpty()
          ? withPictureTable(questions, task, table)
          : new TaskData(questions, name -> embedded(table, name), Optional.of(table));
    } catch (RuntimeException e) {
      table.close();
      throw e;
    }
  }

  /** GQA's pictures are in a table of their own, once each, by id. */
  private static TaskData withPictureTable(List<Question> questions, Task task, Table table) {
    table.close();
    if (!Table.isAt(task.images())) {
      return of(questions, task.images());
    }
    Table pictures = Table.open(task.images());
    Map<String, Integer> rows = new HashMap<>();
    pictures.forEach(List.of("id"), (row, json) -> rows.put(json.path("id").asText(), row));
    return new TaskData(
        questions,
        name -> {
          Integer row = rows.get(name);
          if (row == null) {
            throw new Failure(
                ExitCode.BAD_DATA, "%s has no picture %s.".formatted(task.images(), name));
          }
          return embedded(pictures, row + "/image");
        },
        Optional.of(pictures));
  }

  /**
   * As lmms-eval gets it from {@code datasets}.
   *
   * @param name row and column; the column's first picture
   */
  private static Picture embedded(Table table, String name) {
    int slash = name.indexOf('/');
    int row = Integer.parseInt(name.substring(0, slash));
    String shown = "%s row %d".formatted(table.file(row), table.rowInFile(row));
    List<byte[]> found = table.pictures(row, name.substring(slash + 1));
    if (found.isEmpty()) {
      throw new Failure(
          ExitCode.BAD_DATA,
          "%s has no picture in column %s.".formatted(shown, name.substring(slash + 1)));
    }
    return PictureDecoder.decodeTurned(shown, found.get(0));
  }

  public List<Question> questions() {
    return questions;
  }

  /**
   * A picture as a question shows it: with its region drawn in.
   *
   * @param name one of the question's
   * @throws Failure INPUT_MISSING or BAD_DATA, naming the picture
   */
  public Picture picture(Question question, String name) {
    Picture picture = pictures.picture(name);
    return question.references().region().map(region -> region.drawnIn(picture)).orElse(picture);
  }

  @Override
  public void close() {
    table.ifPresent(Table::close);
  }
}
