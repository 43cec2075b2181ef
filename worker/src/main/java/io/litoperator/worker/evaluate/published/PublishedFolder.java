package io.litoperator.worker.evaluate.published;

import io.litoperator.worker.data.tables.Table;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds a task's questions in a folder of data sets: {@code TASK.jsonl}, or a folder with the
 * task's or the data set's name, in any case, that holds {@code questions.jsonl} or the data set as
 * it is downloaded.
 */
public final class PublishedFolder {
  /** Names of data sets that are not their tasks'. */
  private static final Map<String, String> NAMES =
      Map.of("vizwiz", "VizWiz-VQA", "coco2017", "COCO-Caption2017", "mmhal", "MMHal-Bench");

  private static final String MMHAL_QUESTIONS = "response_template.json";

  /** Names of files with questions, JSON lines or an array. */
  private static final List<String> QUESTIONS =
      List.of("questions.jsonl", "questions.json", MMHAL_QUESTIONS);

  private static final String GQA_PICTURES = "testdev_balanced_images";

  private PublishedFolder() {}

  /**
   * Where a task's data is.
   *
   * @param images folder of pictures, or a table of them
   */
  public record Place(Path data, Path images) {}

  /**
   * @param data folder of data sets
   * @throws Failure INPUT_MISSING, saying where it was looked for
   */
  public static Place find(Path data, String task) {
    if (!Files.isDirectory(data)) {
      throw new Failure(ExitCode.INPUT_MISSING, "There is no folder of data " + data + ".");
    }
    return inFile(data, task)
        .or(() -> folder(data, task).flatMap(folder -> inFolder(folder, task)))
        .orElseThrow(() -> missing(data, task));
  }

  private static Optional<Place> inFile(Path folder, String task) {
    return Stream.of(".jsonl", ".json", Table.SUFFIX)
        .map(suffix -> folder.resolve(task + suffix))
        .filter(Files::isRegularFile)
        .map(file -> new Place(file, folder))
        .findFirst();
  }

  private static Optional<Path> folder(Path data, String task) {
    String name = NAMES.getOrDefault(task, task);
    return entries(data).stream()
        .filter(Files::isDirectory)
        .filter(
            folder ->
                folder.getFileName().toString().equalsIgnoreCase(name)
                    || folder.getFileName().toString().equalsIgnoreCase(task))
        .findFirst();
  }

  private static Optional<Place> inFolder(Path folder, String task) {
    return QUESTIONS.stream()
        .map(folder::resolve)
        .filter(Files::isRegularFile)
        .map(file -> new Place(file, pictures(file)))
        .findFirst()
        .or(() -> inFile(folder, task))
        .or(() -> inTables(folder, task));
  }

  private static Optional<Place> inTables(Path folder, String task) {
    List<String> patterns = PublishedFormat.of(task).map(PublishedFormat::files).orElse(List.of());
    return Stream.concat(patterns.stream(), Stream.of("*", "data/*"))
        .map(pattern -> folder.resolve(pattern + Table.SUFFIX))
        .filter(PublishedFolder::matches)
        .map(tables -> new Place(tables, pictures(folder, task)))
        .findFirst();
  }

  /** MMHal-Bench's questions name files of a folder beside them. */
  private static Path pictures(Path questions) {
    Path pictures = questions.resolveSibling("images");
    return questions.endsWith(MMHAL_QUESTIONS) && Files.isDirectory(pictures)
        ? pictures
        : questions.getParent();
  }

  private static Path pictures(Path folder, String task) {
    Path pictures = folder.resolve(GQA_PICTURES).resolve("*" + Table.SUFFIX);
    return task.equals("gqa") && matches(pictures) ? pictures : folder;
  }

  private static boolean matches(Path pattern) {
    Path folder = pattern.getParent();
    if (!Files.isDirectory(folder)) {
      return false;
    }
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(folder, pattern.getFileName().toString())) {
      return found.iterator().hasNext();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static List<Path> entries(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException e) {
      throw unreadable(folder, e);
    }
  }

  private static Failure unreadable(Path folder, IOException cause) {
    return new Failure(
        ExitCode.ofReading(folder, cause),
        "Folder %s cannot be read: %s.".formatted(folder, cause.getMessage()),
        cause);
  }

  private static Failure missing(Path data, String task) {
    String name = NAMES.getOrDefault(task, task);
    String published =
        PublishedFormat.of(task)
            .map(PublishedFormat::files)
            .map(files -> " or %s/%s.parquet".formatted(name, files.get(0)))
            .orElse("");
    return new Failure(
        ExitCode.INPUT_MISSING,
        "There is no data of task %s in %s; put %s.jsonl, %s/questions.jsonl%s there."
            .formatted(task, data, task, task, published));
  }
}
