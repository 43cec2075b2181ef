package io.litoperator.worker.plan;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tasks scored when the last stage has ended.
 *
 * @param predictions folder of the answers; absent: beside the checkpoints' folder
 * @param judge that rates free answers, for tasks that need one
 */
public record EvaluationPlan(List<Task> tasks, Optional<Path> predictions, Optional<Judge> judge) {
  public EvaluationPlan(List<Task> tasks) {
    this(tasks, Optional.empty(), Optional.empty());
  }

  public EvaluationPlan {
    tasks = List.copyOf(tasks);
  }

  /**
   * @param name of a task in the registry, such as {@code pope}
   * @param data the task's questions: JSON lines; or Parquet, a file, a folder or a pattern of
   *     files
   * @param images folder that the questions' {@code image} paths are relative to; for GQA's
   *     Parquet, the table of its pictures
   */
  public record Task(String name, Path data, Path images, int maxNewTokens) {}

  /**
   * A model behind an OpenAI-compatible endpoint; its API key is in the environment.
   *
   * @param url of the chat completions
   * @param model its name there
   */
  public record Judge(URI url, String model) {}
}
