package io.litoperator.worker.cli;

import io.litoperator.worker.data.loading.Problem;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.run.JobCheck;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "check",
    description = {
      "List all that would stop a job, before any training.",
      "%nIt reads the model's small files, all annotations and questions, and opens every picture."
          + " Warnings do not stop a job."
    },
    footer = {"%nExample:", "  lit check job.yaml"})
final class CheckCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private JobArgument job;

  CheckCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RunPlan plan = job.plan(Overrides.none(), console);
    List<Problem> problems;
    try (CountProgress progress =
        new CountProgress(console.err(), console.screen().get(), "checking", "checked")) {
      problems = JobCheck.run(plan, progress);
    }
    for (Problem problem : problems) {
      console.out().println((problem.warning() ? "warning: " : "error: ") + problem.sentence());
    }
    console.out().println(summary(problems) + ".");
    return JobCheck.worst(problems).orElse(ExitCode.DONE).code();
  }

  /** Such as {@code 2 errors, 1 warning}. */
  static String summary(List<Problem> problems) {
    long warnings = problems.stream().filter(Problem::warning).count();
    return count(problems.size() - warnings, "error") + ", " + count(warnings, "warning");
  }

  private static String count(long number, String noun) {
    return String.format(Locale.ROOT, "%,d %s%s", number, noun, number == 1 ? "" : "s");
  }
}
