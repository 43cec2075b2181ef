package io.litoperator.worker.plan;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the command line sets in place of the job.
 *
 * @param output folder of everything a run writes; by default {@code lit-output/<job name>} in the
 *     current folder
 */
public record Overrides(Optional<Objective> objective, OptionalLong seed, Optional<Path> output) {

  /** The job as it is. */
  public static Overrides none() {
    return new Overrides(Optional.empty(), OptionalLong.empty(), Optional.empty());
  }

  /** The absolute output folder of a job of this name. */
  public Path outputOf(String jobName) {
    return output.orElse(Path.of("lit-output", jobName)).toAbsolutePath().normalize();
  }
}
