package io.litoperator.worker.plan;

import java.nio.file.Path;
import java.util.List;

/** Tasks scored when the last stage has ended. */
public record EvaluationPlan(List<Task> tasks) {
  public EvaluationPlan {
    tasks = List.copyOf(tasks);
  }

  /**
   * @param name {@code answers}, {@code pope}, {@code chair} or {@code visualContribution}
   * @param data the task's questions, JSON lines
   * @param images folder that the questions' {@code image} paths are relative to
   */
  public record Task(String name, Path data, Path images, int maxNewTokens) {}
}
