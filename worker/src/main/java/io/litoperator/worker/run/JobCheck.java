package io.litoperator.worker.run;

import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.evaluate.Question;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.evaluate.task.EvaluationTask.HeldOut;
import io.litoperator.worker.evaluate.task.EvaluationTask.Judged;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.plan.DatasetPlan;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks for all that would stop a job once it runs: reads the model's small files, every sample,
 * every question and every picture. Weights are left to the run, which reads them first.
 */
public final class JobCheck {
  /** In a message, which may be a Pod's last and has little room there. */
  private static final int TOLD_PROBLEMS = 5;

  private final int threads;
  private final Progress progress;

  private JobCheck(int threads, Progress progress) {
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * All problems, warnings among them: of the model, then of conversations, stage by stage, then of
   * questions.
   *
   * @param progress told how far each part is, such as {@code pretrain data}, by one thread at a
   *     time
   */
  public static List<Problem> run(RunPlan plan, Progress progress) {
    JobCheck check = new JobCheck(Runtime.getRuntime().availableProcessors(), progress);
    return Stream.of(check.conversations(plan), check.evaluation(plan.evaluation()))
        .flatMap(List::stream)
        .toList();
  }

  /** As {@link #run}, of training's data and what has its form. */
  static List<Problem> ofConversations(RunPlan plan, Progress progress) {
    return new JobCheck(Runtime.getRuntime().availableProcessors(), progress).conversations(plan);
  }

  /**
   * @throws Failure with the worst code and one sentence a line, if any problem is an error
   */
  static void refuse(List<Problem> problems) {
    worst(problems)
        .ifPresent(
            code -> {
              throw new Failure(code, sentences(problems));
            });
  }

  private static String sentences(List<Problem> problems) {
    List<Problem> errors = problems.stream().filter(problem -> !problem.warning()).toList();
    String told =
        errors.stream()
            .limit(TOLD_PROBLEMS)
            .map(Problem::sentence)
            .collect(Collectors.joining("\n"));
    int left = errors.size() - TOLD_PROBLEMS;
    return left > 0 ? told + "\n… and " + left + " more." : told;
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

  private List<Problem> conversations(RunPlan plan) {
    try (ModelSources sources = ModelSources.open(plan.model())) {
      List<Problem> problems = new ArrayList<>(otherConversation(plan.model()));
      for (StagePlan stage : plan.stages()) {
        String part = stage.stage().label() + " data";
        problems.addAll(check(part, Supervision.of(plan, stage), stage.datasets(), sources));
      }
      for (Task task : plan.evaluation().tasks()) {
        if (Tasks.of(task) instanceof HeldOut) {
          String part = task.name() + " data";
          problems.addAll(
              check(part, Supervision.ofHeldOut(plan), List.of(task.dataset()), sources));
        }
      }
      return problems;
    } catch (Failure e) {
      return List.of(problem(ModelSources.textFolder(plan.model()), e));
    }
  }

  /** A warning where a job talks to a model otherwise than it was trained before. */
  private static List<Problem> otherConversation(ModelPlan plan) {
    return plan.from().stream()
        .flatMap(from -> ModelFolder.conversation(from).stream())
        .filter(trained -> trained != plan.conversation())
        .map(
            trained ->
                new Problem(
                    plan.from().orElseThrow(),
                    Optional.empty(),
                    "%s was trained with conversation %s and the job trains with %s; give model.conversation: %s unless that is meant."
                        .formatted(
                            plan.from().orElseThrow(), trained, plan.conversation(), trained)))
        .toList();
  }

  private List<Problem> check(
      String part, Supervision supervision, List<DatasetPlan> datasets, ModelSources sources) {
    return supervision
        .check(sources, threads)
        .run(datasets, (samples, done, total) -> progress.on(part, done, total));
  }

  private List<Problem> evaluation(EvaluationPlan plan) {
    List<Problem> problems = new ArrayList<>();
    for (Task task : plan.tasks()) {
      try {
        if (Tasks.of(task) instanceof Asking definition) {
          problems.addAll(evaluation(task, definition, plan.judge()));
        }
      } catch (Failure e) {
        problems.add(problem(task.data(), e));
      }
    }
    return problems;
  }

  private List<Problem> evaluation(
      Task task, Asking definition, Optional<EvaluationPlan.Judge> judge) {
    try (TaskData data = TaskData.open(task, definition)) {
      List<Problem> problems = new ArrayList<>();
      if (definition instanceof Judged && judge.isEmpty()) {
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
