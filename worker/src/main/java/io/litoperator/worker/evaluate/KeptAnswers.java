package io.litoperator.worker.evaluate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A task's answers on disk as they are made, so that an evaluation that is killed goes on where it
 * was: each rank appends to a file of its own, and reads those of all, of whatever number of ranks.
 *
 * @param folder absent: nothing is kept
 */
public record KeptAnswers(Optional<Path> folder, int rank) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param index of the question in the task
   * @param maxNewTokens longest answer that was allowed
   */
  private record Kept(int index, String id, int maxNewTokens, String prediction) {}

  /** Keeps nothing. */
  public static KeptAnswers none() {
    return new KeptAnswers(Optional.empty(), 0);
  }

  /** By question, what was answered before. A line that a crash has cut is passed over. */
  Map<Integer, String> read(Task task, List<Question> questions) {
    Map<Integer, String> answers = new TreeMap<>();
    if (folder.isEmpty() || !Files.isDirectory(folder.get())) {
      return answers;
    }
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder.get(), task.name() + ".rank-*.jsonl")) {
      for (Path file : files) {
        // Not readString, which refuses the part of a letter that a crash may leave.
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        text.substring(0, text.lastIndexOf('\n') + 1)
            .lines()
            .filter(line -> !line.isBlank())
            .map(KeptAnswers::parse)
            .flatMap(Optional::stream)
            .forEach(
                kept -> {
                  requireSame(file, kept, task, questions);
                  answers.put(kept.index(), kept.prediction());
                });
      }
      return answers;
    } catch (IOException e) {
      throw storage(e);
    }
  }

  /** Adds answers, by question. */
  void add(Task task, List<Question> questions, Map<Integer, String> answers) {
    if (folder.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    // Ends a line that a crash has cut.
    lines.append('\n');
    answers.forEach(
        (index, answer) ->
            lines.append(toJson(kept(task, questions.get(index), index, answer))).append('\n'));
    try {
      Files.createDirectories(folder.get());
      Files.write(
          folder.get().resolve("%s.rank-%d.jsonl".formatted(task.name(), rank)),
          lines.toString().getBytes(StandardCharsets.UTF_8),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw storage(e);
    }
  }

  private static Kept kept(Task task, Question question, int index, String answer) {
    return new Kept(index, question.id(), task.maxNewTokens(), answer);
  }

  private static void requireSame(Path file, Kept kept, Task task, List<Question> questions) {
    if (kept.maxNewTokens() != task.maxNewTokens()) {
      throw new Failure(
          ExitCode.INVALID,
          "%s has answers of at most %d tokens, not %d; remove it, or evaluate into another folder."
              .formatted(file, kept.maxNewTokens(), task.maxNewTokens()));
    }
    if (kept.index() < 0
        || kept.index() >= questions.size()
        || !questions.get(kept.index()).id().equals(kept.id())) {
      throw new Failure(
          ExitCode.INVALID,
          "%s has answers to other questions; remove it, or evaluate into another folder."
              .formatted(file));
    }
  }

  /** Absent for a line that a crash has cut, which the next start has ended. */
  private static Optional<Kept> parse(String line) {
    try {
      return Optional.of(JSON.readValue(line, Kept.class));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  private static String toJson(Kept kept) {
    try {
      return JSON.writeValueAsString(kept);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private Failure storage(IOException cause) {
    return new Failure(
        ExitCode.STORAGE,
        "Answers cannot be kept in %s: %s.".formatted(folder.orElseThrow(), cause.getMessage()),
        cause);
  }
}
