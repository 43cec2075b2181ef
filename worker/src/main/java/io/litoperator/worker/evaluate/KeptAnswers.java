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
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A task's answers on disk as they are made, so that an evaluation that is killed goes on where it
 * was: each rank appends to a file of its own, and reads those of all, of whatever number of ranks.
 * An answer is known by what was asked, so that one to a question that has changed is not taken.
 *
 * @param folder absent: nothing is kept
 */
public record KeptAnswers(Optional<Path> folder, int rank) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param id of the question, for people
   * @param asked digest, by {@link TaskData#asked}
   */
  private record Kept(String id, String asked, String prediction) {}

  /**
   * @param byQuestion answers by the questions' indices
   * @param others number of answers to what is not asked now
   */
  record Earlier(Map<Integer, String> byQuestion, int others) {}

  /** Keeps nothing. */
  public static KeptAnswers none() {
    return new KeptAnswers(Optional.empty(), 0);
  }

  /** What was answered before. A line that a crash has cut is passed over. */
  Earlier read(Task task, TaskData data) {
    Map<String, String> answers = answers(task);
    Map<Integer, String> byQuestion = new TreeMap<>();
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < data.questions().size() && !answers.isEmpty(); i++) {
      String asked = data.asked(data.questions().get(i), task.maxNewTokens());
      if (answers.containsKey(asked)) {
        byQuestion.put(i, answers.get(asked));
        taken.add(asked);
      }
    }
    return new Earlier(byQuestion, answers.size() - taken.size());
  }

  /** All that are kept, by what was asked. */
  private Map<String, String> answers(Task task) {
    Map<String, String> answers = new HashMap<>();
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
            .forEach(kept -> answers.put(kept.asked(), kept.prediction()));
      }
      return answers;
    } catch (IOException e) {
      throw storage(e);
    }
  }

  /** Adds answers, by question. */
  void add(Task task, TaskData data, Map<Integer, String> answers) {
    if (folder.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    // Ends a line that a crash has cut.
    lines.append('\n');
    answers.forEach(
        (index, answer) -> {
          Question question = data.questions().get(index);
          String asked = data.asked(question, task.maxNewTokens());
          lines.append(toJson(new Kept(question.id(), asked, answer))).append('\n');
        });
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
