package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.CheckpointPlan;
import io.litoperator.worker.plan.EvaluationPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.EventLog;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Listeners;
import io.litoperator.worker.report.RunHistory;
import io.litoperator.worker.report.ScoreText;
import io.litoperator.worker.report.html.HtmlReport;
import io.litoperator.worker.report.tensorboard.TensorBoard;
import io.litoperator.worker.report.tensorboard.TensorBoardFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.stream.LongStream;

/**
 * {@code lit run}: trains and evaluates on this machine, one leg after another, and leaves a
 * report.
 *
 * <p>A comparison pretrains once for each seed, since objectives differ in the fine-tune only;
 * every objective then starts from those very weights.
 */
public final class LocalRun {
  private static final String TENSORBOARD = "tensorboard";
  private static final List<String> RESULTS =
      List.of("report.html", "scores.md", "events.jsonl", TENSORBOARD);

  private final RunPlan plan;
  private final Options options;
  private final Listener listener;

  /**
   * What was asked for.
   *
   * @param output folder of all that is written
   * @param compare objectives to train, in the order of the table; empty: the job's own
   * @param seeds how many, counted up from the plan's
   * @param resume whether to go on where an earlier run in the same folder was stopped
   * @param profile whether every leg leaves a drawing of a few steps, {@code profile.json}
   */
  public record Options(
      Path output, List<Objective> compare, int seeds, boolean resume, boolean profile) {
    public Options(Path output, List<Objective> compare, int seeds, boolean resume) {
      this(output, compare, seeds, resume, false);
    }

    public Options {
      compare = List.copyOf(compare);
    }
  }

  public LocalRun(RunPlan plan, Options options, Listener listener) {
    this.plan = plan;
    this.options = options;
    this.listener = listener;
  }

  /**
   * @return {@code DONE}, or how the run was stopped
   * @throws io.litoperator.worker.failure.Failure with the root cause
   */
  @SuppressWarnings("try") // The folder does its work by being taken.
  public ExitCode run() {
    boolean elsewhere = plan.checkpoints().bucket().isPresent();
    try (OutputFolder folder =
        OutputFolder.take(options.output(), options.resume(), elsewhere, listener)) {
      return runInFolder();
    }
  }

  private ExitCode runInFolder() {
    long start = System.nanoTime();
    SourceRecord.of(plan).keep(plan, options.resume());
    Path events = options.output().resolve("events.jsonl");
    ExitCode code;
    try (EventLog log =
        EventLog.append(events, sentence -> listener.on(new Event.Notice(sentence)))) {
      Listener all = Listeners.of(log, tensorBoard(), listener);
      code = runLegs(ready(all), new LegRun(all, options.resume(), options.profile()));
    }
    if (code == ExitCode.DONE) {
      report(events, (System.nanoTime() - start) * 1e-9);
    } else if (code == ExitCode.INTERRUPTED) {
      listener.on(
          new Event.Notice(
              "Interrupted. The same command with --resume goes on from the newest checkpoint."));
    } else if (code == ExitCode.TERMINATED) {
      listener.on(
          new Event.Notice(
              "Ended at once. The same command with --resume goes on from the newest checkpoint."));
    }
    return code;
  }

  private TensorBoard tensorBoard() {
    Clock clock = Clock.systemUTC();
    return new TensorBoard(
        new TensorBoardFolder(
            options.output().resolve(TENSORBOARD),
            clock,
            sentence -> listener.on(new Event.Notice(sentence))),
        clock);
  }

  private RunPlan ready(Listener all) {
    return JobTemplates.ready(
        plan,
        new CheckpointStore(options.output()).files(),
        sentence -> all.on(new Event.Notice(sentence)));
  }

  private ExitCode runLegs(RunPlan plan, LegRun runner) {
    if (options.compare().isEmpty() && options.seeds() == 1) {
      return runner.run(new Leg(plan, options.output()));
    }
    for (long seed : LongStream.range(plan.seed(), plan.seed() + options.seeds()).toArray()) {
      ExitCode code = compare(runner, plan.withSeed(seed));
      if (code != ExitCode.DONE) {
        return code;
      }
    }
    return ExitCode.DONE;
  }

  private ExitCode compare(LegRun runner, RunPlan seeded) {
    Path folder = options.output().resolve("seed-" + seeded.seed());
    RunPlan base = seeded;
    StagePlan first = seeded.stages().get(0);
    if (first.stage() == Stage.PRETRAIN && seeded.stages().size() > 1) {
      Leg pretraining = pretraining(seeded, folder.resolve(first.stage().label()));
      ExitCode code = runner.run(pretraining);
      if (code != ExitCode.DONE) {
        return code;
      }
      base =
          seeded
              .withModel(seeded.model().withWeightsOf(runner.newestCheckpoint(pretraining)))
              .withStages(seeded.stages().subList(1, seeded.stages().size()));
    }
    for (Objective objective : objectives()) {
      ExitCode code = runner.run(objective(base, objective, folder.resolve(objective.label())));
      if (code != ExitCode.DONE) {
        return code;
      }
    }
    return ExitCode.DONE;
  }

  private List<Objective> objectives() {
    return options.compare().isEmpty()
        ? List.of(Runs.lastStage(plan).labels().objective())
        : options.compare();
  }

  private Leg pretraining(RunPlan plan, Path output) {
    return new Leg(
        plan.withStages(plan.stages().subList(0, 1))
            .withEvaluation(new EvaluationPlan(List.of()))
            .withCheckpoints(within(plan, output)),
        output);
  }

  private CheckpointPlan within(RunPlan plan, Path output) {
    return plan.checkpoints().within(options.output(), options.output().relativize(output));
  }

  private Leg objective(RunPlan plan, Objective objective, Path output) {
    return new Leg(
        plan.withStages(plan.stages().stream().map(s -> s.withObjective(objective)).toList())
            .withCheckpoints(within(plan, output)),
        output);
  }

  private void report(Path events, double seconds) {
    RunHistory history = RunHistory.read(events);
    Path report = options.output().resolve("report.html");
    HtmlReport.write(report, history);
    Path scores = options.output().resolve("scores.md");
    try {
      Files.writeString(scores, ScoreText.markdown(history.scoreTable()));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be written: %s.".formatted(scores, Failure.reason(e)), e);
    }
    JobFiles results = Runs.checkpoints(plan).files();
    for (String name : RESULTS) {
      results.deliver(options.output().resolve(name), name);
    }
    listener.on(
        new Event.Summary(
            seconds, history.scoreTable().means(), history.scores(), report.toString()));
  }
}
