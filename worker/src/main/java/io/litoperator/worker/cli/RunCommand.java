package io.litoperator.worker.cli;

import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.report.JsonLines;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Terminal;
import io.litoperator.worker.run.JobCheck;
import io.litoperator.worker.run.LocalRun;
import io.litoperator.worker.torch.Torch;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "run",
    description = "Train a job on this machine, evaluate it and write a report.",
    footer = {
      "%nExamples:",
      "  lit run job.yaml",
      "  lit run job.yaml --compare VIT,LIT --seeds 3",
      "  lit run job.yaml --resume"
    })
final class RunCommand implements Callable<Integer> {
  private static final int TOLD_PROBLEMS = 20;

  private final Console console;

  @Mixin private JobArgument job;

  @Option(
      names = "--compare",
      split = ",",
      paramLabel = "OBJECTIVE",
      converter = Objectives.class,
      completionCandidates = Objectives.class,
      description =
          "Train once with each of these and compare: ${COMPLETION-CANDIDATES}. Data, steps and"
              + " seed are the same, and pretraining is shared.")
  private List<Objective> compare = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1",
      description = "Train N times, with seeds that count up, and report mean and spread.")
  private int seeds;

  @Option(names = "--seed", paramLabel = "S", description = "Seed in place of the job's.")
  private Long seed;

  @Option(names = "--resume", description = "Go on where an earlier run in the folder stopped.")
  private boolean resume;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder of all that is written. Default: lit-output/<job name>.")
  private Path output;

  @Option(
      names = "--profile",
      description = "Draw a few steps of every rank into profile.json, which Perfetto opens.")
  private boolean profile;

  @Option(names = "--json", description = "Print events as JSON lines; the last is the summary.")
  private boolean json;

  RunCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    requireSensible();
    // The planner refuses an objective where the job has no fine-tune.
    Overrides overrides =
        new Overrides(
            compare.stream().findFirst(),
            seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
            Optional.ofNullable(output));
    RunPlan plan = resume ? job.planAgain(overrides, console) : job.plan(overrides, console);
    if (plan.topology().device() == TopologyPlan.Device.CUDA) {
      Torch.requireBuiltForGpus();
      // Ranks would be started again and again for want of a driver.
      Cuda.loading(Cuda::count);
    }
    Optional<ExitCode> refused = check(plan);
    if (refused.isPresent()) {
      return refused.get().code();
    }
    plan = job.complete(plan, overrides, console);
    LocalRun.Options options =
        new LocalRun.Options(overrides.outputOf(plan.name()), compare, seeds, resume, profile);
    return json ? run(plan, options, new JsonLines(console.out())) : runInSight(plan, options);
  }

  private int runInSight(RunPlan plan, LocalRun.Options options) {
    try (Terminal terminal = new Terminal(console.out(), console.screen().get())) {
      return run(plan, options, terminal);
    }
  }

  private static int run(RunPlan plan, LocalRun.Options options, Listener listener) {
    return new LocalRun(plan, options, listener).run().code();
  }

  private void requireSensible() {
    Counts.atLeastOne("--seeds", seeds);
    if (new LinkedHashSet<>(compare).size() < compare.size()) {
      throw new Failure(ExitCode.INVALID, "--compare names an objective twice; name each once.");
    }
  }

  /** Tells of problems; returns the exit code if they stop the run. */
  private Optional<ExitCode> check(RunPlan plan) {
    List<Problem> problems;
    try (CountProgress progress =
        new CountProgress(console.err(), console.screen().get(), "checking", "checked")) {
      problems = JobCheck.run(plan, progress);
    }
    List<Problem> errors = problems.stream().filter(problem -> !problem.warning()).toList();
    errors.stream().limit(TOLD_PROBLEMS).map(Problem::sentence).forEach(console.err()::println);
    if (problems.size() > Math.min(errors.size(), TOLD_PROBLEMS)) {
      console.err().printf("%s; 'lit check %s' lists all.%n", CheckCommand.summary(problems), job);
    }
    return JobCheck.worst(problems);
  }
}
