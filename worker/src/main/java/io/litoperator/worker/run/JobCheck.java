package io.litoperator.worker.run;

import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.image.PictureDecoder;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.loading.DataCheck;
import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.evaluate.task.EvaluationTask;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * Looks for all that would stop a job once it runs: reads the model's small files, every sample,
 * every question and every picture. Weights are left to the run, which reads them first.
 */
public final class JobCheck {
  private final int threads;
  private final Progress progress;

  private JobCheck(int threads, Progress progress) {
    this.threads = threads;
    this.progress = progress;
  }

  /** Told how far each part of the check is; called by one thread at a time. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param part such as {@code pretrain data}
     */
    void on(String part, long done, long total);
  }

  /** All problems, warnings among them: of the model, then of each stage, then of evaluation. */
  public static List<Problem> run(RunPlan plan, Progress progress) {
    JobCheck check = new JobCheck(Runtime.getRuntime().availableProcessors(), progress);
    return Stream.of(check.training(plan), check.evaluation(plan.evaluation()))
        .flatMap(List::stream)
        .toList();
  }

  /**
   * How {@code lit} ends with these problems: the highest of their codes; empty if none is an
   * error.
   */
  public static Optional<ExitCode> worst(List<Problem> problems) {
    return problems.stream()
        .map(Problem::exitCode)
        .flatMap(Optional::stream)
        .max(Comparator.naturalOrder());
  }

  private List<Problem> training(RunPlan plan) {
    try (ModelSources model = ModelSources.open(plan.model())) {
      ModelConfig config = model.description().config();
      List<Problem> problems = new ArrayList<>();
      for (StagePlan stage : plan.stages()) {
        ImageProcessor images = model.images(stage.stage());
        DataCheck.Room room =
            new DataCheck.Room(
                picture -> config.imageTokens(images.tiling(PictureDecoder.decode(picture))),
                config.text().maxPositions(),
                plan.model().maxRows());
        Labeller labeller = Labeller.of(model.tokenizer(), plan.model(), stage);
        String part = stage.stage().label() + " data";
        problems.addAll(
            new DataCheck(labeller, room, threads)
                .run(stage.datasets(), (done, total) -> progress.on(part, done, total)));
      }
      return problems;
    } catch (Failure e) {
      return List.of(problem(ModelSources.textFolder(plan.model()), e));
    }
  }

  private List<Problem> evaluation(EvaluationPlan plan) {
    List<Problem> problems = new ArrayList<>();
    for (Task task : plan.tasks()) {
      try {
        problems.addAll(evaluation(task, plan.judge()));
      } catch (Failure e) {
        problems.add(problem(task.data(), e));
      }
    }
    return problems;
  }

  private List<Problem> evaluation(Task task, Optional<EvaluationPlan.Judge> judge) {
    EvaluationTask definition = Tasks.of(task);
    try (TaskData data = TaskData.open(task, definition)) {
      List<Problem> problems = new ArrayList<>();
      if (definition instanceof EvaluationTask.Judged && judge.isEmpty()) {
        problems.add(problem(task.data(), Judgements.missing(task.name())));
      }
      problems.addAll(damaged(task, data));
      return problems;
    }
  }

  /** Of each picture, the first question that shows it. */
  private List<Problem> damaged(Task task, TaskData data) {
    Map<String, Question> pictures = new LinkedHashMap<>();
    data.questions().forEach(q -> q.images().forEach(name -> pictures.putIfAbsent(name, q)));
    AtomicLong done = new AtomicLong();
    return List.copyOf(pictures.entrySet()).parallelStream()
        .map(
            picture -> {
              Optional<Problem> problem = damage(task, data, picture.getValue(), picture.getKey());
              tell(task, done, pictures.size());
              return problem;
            })
        .flatMap(Optional::stream)
        .toList();
  }

  private synchronized void tell(Task task, AtomicLong done, long total) {
    progress.on(task.name() + " pictures", done.incrementAndGet(), total);
  }

  private static Optional<Problem> damage(
      Task task, TaskData data, Question question, String picture) {
    try {
      data.picture(question, picture);
      return Optional.empty();
    } catch (Failure e) {
      String sentence = "%s question %s: %s".formatted(task.data(), question.id(), e.getMessage());
      return Optional.of(new Problem(task.data(), Optional.of(e.exitCode()), sentence));
    }
  }

  private static Problem problem(Path file, Failure failure) {
    return new Problem(file, Optional.of(failure.exitCode()), failure.getMessage());
  }
}
