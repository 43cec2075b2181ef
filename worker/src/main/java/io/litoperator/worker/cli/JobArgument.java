package io.litoperator.worker.cli;

import io.litoperator.api.job.Venue;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.job.JobFile;
import io.litoperator.worker.run.JobPlanning;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The job file of a command, and the plan that is made from it. */
final class JobArgument {
  @Parameters(paramLabel = "JOB", description = "File with a LitTrainingJob, YAML or JSON.")
  private Path file;

  /**
   * Reads, checks and plans the job, to be looked at; paths in it are relative to its file. Of
   * models that are elsewhere all but the weights is brought here.
   *
   * @throws io.litoperator.worker.failure.Failure if the job is invalid, or what it names is
   *     missing
   */
  RunPlan plan(Overrides overrides, Console console) {
    try (ByteProgress progress = ByteProgress.ofDownloads(console)) {
      return planning(overrides, progress).withoutWeights();
    }
  }

  /**
   * As {@link #plan}, of a job for a cluster.
   *
   * @param claims folder with a folder for each claim, named after it
   */
  RunPlan planForCluster(Path claims, Console console) {
    Places places = Places.of(folder()).withClaims(claims.toAbsolutePath());
    try (ByteProgress progress = ByteProgress.ofDownloads(console)) {
      return JobPlanning.on(JobFile.read(file, Venue.CLUSTER), places, Overrides.none(), progress)
          .withoutWeights();
    }
  }

  /** As {@link #plan}, with the commits that an earlier run of the job took. */
  RunPlan planAgain(Overrides overrides, Console console) {
    try (ByteProgress progress = ByteProgress.ofDownloads(console)) {
      return planning(overrides, progress).withoutWeightsAgain();
    }
  }

  /** Brings what a plan lacks to be run. */
  RunPlan complete(RunPlan plan, Overrides overrides, Console console) {
    if (plan.copies().isEmpty()) {
      return plan;
    }
    try (ByteProgress progress = ByteProgress.ofDownloads(console)) {
      return planning(overrides, progress).withWeights(plan);
    }
  }

  private JobPlanning planning(Overrides overrides, ByteProgress progress) {
    return JobPlanning.on(
        JobFile.read(file, Venue.MACHINE), Places.of(folder()), overrides, progress);
  }

  private Path folder() {
    return file.toAbsolutePath().getParent();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
