package io.litoperator.worker.run;

import io.litoperator.worker.distributed.agent.Agent;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.evaluate.TaskData;
import io.litoperator.worker.evaluate.published.PublishedFolder;
import io.litoperator.worker.evaluate.task.EvaluationTask.Asking;
import io.litoperator.worker.evaluate.task.EvaluationTask.Judged;
import io.litoperator.worker.evaluate.task.Tasks;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelFolder;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.EvaluationPlan.Judge;
import io.litoperator.worker.plan.EvaluationPlan.Task;
import io.litoperator.worker.plan.PlanCodec;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Listeners;
import io.litoperator.worker.run.EvaluationScores.Score;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * {@code lit evaluate}: a run without stages, of a trained model. Ranks keep their answers as they
 * go, so that neither a rank's death nor the whole program's repeats work.
 */
public final class EvaluateRun {
  private static final int RESTARTS = 3;
  private static final Duration HANG_TIMEOUT = Duration.ofHours(1);
  private static final long SEED = 42;

  private final Options options;
  private final Listener listener;

  /**
   * What was asked for.
   *
   * @param model a checkpoint's folder, or a model's in a published layout
   * @param tasks names
   * @param data folder of data sets
   * @param output folder of all that is written
   * @param device that each rank computes on
   * @param newTokens longest answer; absent: each task's own
   * @param resume whether to go on where an earlier run in the same folder was stopped, if there is
   *     one
   */
  public record Options(
      Path model,
      List<String> tasks,
      Path data,
      Path output,
      int ranks,
      Device device,
      Precision precision,
      OptionalInt newTokens,
      boolean resume,
      Optional<Judge> judge) {
    public Options {
      tasks = List.copyOf(tasks);
    }
  }

  public EvaluateRun(Options options, Listener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * @return {@code DONE}, or how the run was stopped
   * @throws Failure with the root cause
   */
  @SuppressWarnings("try") // The folder does its work by being taken.
  public ExitCode run() {
    RunPlan plan = plan();
    check(plan);
    try (OutputFolder folder =
        OutputFolder.take(options.output(), options.resume(), true, listener)) {
      return run(plan, prepare(plan));
    }
  }

  private ExitCode run(RunPlan plan, Path planFile) {
    List<Event.Scored> scores = new ArrayList<>();
    Listener collecting =
        event -> {
          if (event instanceof Event.Scored scored) {
            scores.add(scored);
          }
        };
    Agent agent =
        new Agent(
            new AgentPlan(options.ranks(), 0, options.output(), plan.recovery()),
            LegRun.rankCommand(plan, planFile),
            Optional::empty,
            Listeners.of(collecting, listener));
    ExitCode code = agent.run();
    if (code == ExitCode.DONE) {
      Path table =
          EvaluationScores.read(options.output())
              .orElseGet(() -> new EvaluationScores(options.model().toString(), null, List.of()))
              .with(scores.stream().map(Score::of).toList())
              .write(options.output());
      listener.on(new Event.Notice("Scores are in %s.".formatted(table)));
    } else if (code == ExitCode.INTERRUPTED) {
      listener.on(
          new Event.Notice(
              "Interrupted; the answers so far are kept. The same command with --resume goes on."));
    } else if (code == ExitCode.TERMINATED) {
      listener.on(
          new Event.Notice(
              "Ended at once; the answers so far are kept. The same command with --resume goes on."));
    }
    return code;
  }

  private RunPlan plan() {
    List<Task> tasks = options.tasks().stream().map(this::task).toList();
    return new RunPlan(
        options.output().getFileName().toString(),
        ModelFolder.planOf(options.model()),
        List.of(),
        new EvaluationPlan(
            tasks, false, Optional.of(options.output().resolve("predictions")), options.judge()),
        new CheckpointPlan(
            OptionalInt.empty(), Optional.empty(), 1, options.output().resolve("none"), false),
        new TopologyPlan(1, options.ranks(), options.device(), options.precision(), Sharding.NONE),
        new RecoveryPlan(RESTARTS, HANG_TIMEOUT),
        SEED);
  }

  private Task task(String name) {
    int newTokens = Tasks.of(name) instanceof Asking asking ? asking.newTokens() : 0;
    PublishedFolder.Place place = PublishedFolder.find(options.data(), name);
    return new Task(
        name, place.data(), place.images(), options.newTokens().orElse(Math.max(1, newTokens)));
  }

  /** Reads all questions, and conversations with their pictures, before the model is loaded. */
  private void check(RunPlan plan) {
    for (Task task : plan.evaluation().tasks()) {
      if (Tasks.of(task) instanceof Asking definition) {
        check(task, definition);
      } else {
        JobCheck.refuse(JobCheck.ofConversations(plan, Progress.NONE));
      }
    }
  }

  private void check(Task task, Asking definition) {
    TaskData.open(task, definition).close();
    if (definition instanceof Judged && options.judge().isEmpty()) {
      throw Judgements.missing(task.name());
    }
  }

  /** Makes the plan's file, by which a later run tells whether it may go on from this one. */
  private Path prepare(RunPlan plan) {
    Path file = options.output().resolve("plan.json");
    ModelStamp model = ModelStamp.of(options.model());
    if (options.resume() && Files.exists(file)) {
      requireSame(PlanCodec.read(file), plan, model);
    }
    model.keep(options.output());
    PlanCodec.write(plan, file);
    return file;
  }

  /** Other tasks, data, ranks and judges may be asked for; what is of other models is not taken. */
  private void requireSame(RunPlan earlier, RunPlan plan, ModelStamp model) {
    boolean same =
        earlier.model().equals(plan.model())
            && earlier.topology().precision() == plan.topology().precision()
            && model.isKept(options.output());
    if (!same) {
      throw new Failure(
          ExitCode.INVALID,
          "%s holds an evaluation of another model (or of one that was written anew since) or in another precision; evaluate into another folder."
              .formatted(options.output()));
    }
  }
}
