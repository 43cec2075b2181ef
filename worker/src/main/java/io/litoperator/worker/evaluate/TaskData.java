package io.litoperator.worker.evaluate;

import io.litoperator.worker.data.image.Picture;
import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.tables.Table;
import io.litoperator.worker.digest.Sha256;
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
  private interface Pictures {
    Picture picture(String name);

    /** Size in bytes of the file that holds a picture; 0 if it is not there. */
    long fileSize(String name);
  }

  /**
   * What a model is asked.
   *
   * @param fileSizes of the pictures' files, which tell pictures of one name apart without being
   *     read
   */
  private record Asked(
      String words,
      List<String> images,
      List<Long> fileSizes,
      Optional<Region> region,
      int maxNewTokens) {}

  private record PictureFiles(Path folder) implements Pictures {
    @Override
    public Picture picture(String name) {
      return PictureDecoder.decode(folder.resolve(name));
    }

    @Override
    public long fileSize(String name) {
      return folder.resolve(name).toFile().length();
    }
  }

  /** Names are row and column; of a column that has a list, the first picture is meant. */
  private record EmbeddedPictures(Table table) implements Pictures {
    /** As lmms-eval gets it from {@code datasets}. */
    @Override
    public Picture picture(String name) {
      int row = row(name);
      String column = name.substring(name.indexOf('/') + 1);
      String shown = "%s row %d".formatted(table.file(row), table.rowInFile(row));
      List<byte[]> found = table.pictures(row, column);
      if (found.isEmpty()) {
        throw new Failure(
            ExitCode.BAD_DATA, "%s has no picture in column %s.".formatted(shown, column));
      }
      return PictureDecoder.decodeTurned(shown, found.get(0));
    }

    @Override
    public long fileSize(String name) {
      return table.file(row(name)).toFile().length();
    }

    private static int row(String name) {
      return Integer.parseInt(name.substring(0, name.indexOf('/')));
    }
  }

  /** Pictures by their ids in a table of their own, whose rows are found by id. */
  private record PicturesById(Path source, Map<String, Integer> rows, EmbeddedPictures pictures)
      implements Pictures {
    @Override
    public Picture picture(String id) {
      return pictures.picture(place(id));
    }

    @Override
    public long fileSize(String id) {
      return pictures.fileSize(place(id));
    }

    private String place(String id) {
      Integer row = rows.get(id);
      if (row == null) {
        throw new Failure(ExitCode.BAD_DATA, "%s has no picture %s.".formatted(source, id));
      }
      return row + "/image";
    }
  }

  private TaskData(List<Question> questions, Pictures pictures, Optional<Table> table) {
    this.questions = questions;
    this.pictures = pictures;
    this.table = table;
  }

  /** Questions without a file, about pictures in a folder. */
  public static TaskData of(List<Question> questions, Path images) {
    return new TaskData(questions, new PictureFiles(images), Optional.empty());
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
          : new TaskData(questions, new EmbeddedPictures(table), Optional.of(table));
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
        new PicturesById(task.images(), rows, new EmbeddedPictures(pictures)),
        Optional.of(pictures));
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

  /**
   * Digest of what the model is asked by a question: words, pictures by name and size, region, and
   * the longest answer in tokens.
   */
  String asked(Question question, int maxNewTokens) {
    return Sha256.of(
        new Asked(
                question.question(),
                question.images(),
                question.images().stream().map(pictures::fileSize).toList(),
                question.references().region(),
                maxNewTokens)
            .toString());
  }

  @Override
  public void close() {
    table.ifPresent(Table::close);
  }
}
