package io.litoperator.worker.cli;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.data.labels.Templates;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.Planner;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The job file of a command, and the plan that is made from it. */
final class JobArgument {
  @Parameters(paramLabel = "JOB", description = "File with a LitTrainingJob, YAML or JSON.")
  private Path file;

  /**
   * Reads, checks and plans the job; paths in it are relative to its file.
   *
   * @throws io.litoperator.worker.failure.Failure if the job is invalid, or what it names is
   *     missing
   */
  RunPlan plan(Overrides overrides) {
    return new Planner(Templates::builtin)
        .plan(JobFile.read(file, Venue.MACHINE), folder(), overrides);
  }

  /**
   * As {@link #plan(Overrides)}, of a job for a cluster.
   *
   * @param claims folder with a folder for each claim, named after it
   */
  RunPlan planForCluster(Path claims) {
    Places places = Places.of(folder()).withClaims(claims.toAbsolutePath());
    return new Planner(Templates::builtin)
        .plan(JobFile.read(file, Venue.CLUSTER), places, Overrides.none());
  }

  private Path folder() {
    return file.toAbsolutePath().getParent();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
