package io.litoperator.worker.plan;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Tasks scored when the last stage has ended.
 *
 * @param tasks the main metric of the first decides which checkpoint is best
 * @param atCheckpoints whether they are scored at each checkpoint of the last stage as well
 * @param predictions folder of the answers; absent: in the folder of the job's checkpoints
 * @param judge that rates free answers, for tasks that need one
 */
public record EvaluationPlan(
    List<Task> tasks, boolean atCheckpoints, Optional<Path> predictions, Optional<Judge> judge) {
  public EvaluationPlan(List<Task> tasks) {
    this(tasks, false, Optional.empty(), Optional.empty());
  }

  public EvaluationPlan {
    tasks = List.copyOf(tasks);
  }

  /**
   * @param name of a task in the registry, such as {@code pope}
   * @param data the task's questions: JSON lines; or Parquet, a file, a folder or a pattern of
   *     files; of held-out loss, conversations as those of a data set
   * @param images folder that the questions' {@code image} paths are relative to; for GQA's
   *     Parquet, the table of its pictures
   */
  public record Task(String name, Path data, Path images, int maxNewTokens) {
    /** Of a task whose data are conversations. */
    public DatasetPlan dataset() {
      return new DatasetPlan(data, images, 1);
    }
  }

  /**
   * A model behind an OpenAI-compatible endpoint; its API key is in the environment.
   *
   * @param url of the chat completions
   * @param model its name there
   */
  public record Judge(URI url, String model) {}
}
