package io.litoperator.worker.plan;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tasks scored when the last stage has ended.
 *
 * @param predictions folder of the answers; absent: beside the checkpoints' folder
 */
public record EvaluationPlan(List<Task> tasks, Optional<Path> predictions) {
  public EvaluationPlan(List<Task> tasks) {
    this(tasks, Optional.empty());
  }

  public EvaluationPlan {
    tasks = List.copyOf(tasks);
  }

  /**
   * @param name of a task in the registry, such as {@code pope}
   * @param data the task's questions, JSON lines
   * @param images folder that the questions' {@code image} paths are relative to
   */
  public record Task(String name, Path data, Path images, int maxNewTokens) {}
}
