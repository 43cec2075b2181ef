package io.litoperator.worker.run;

import io.litoperator.worker.plan.RunPlan;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * One run of the ranks within {@code lit run}: an objective with a seed, or the pretraining that
 * several objectives share.
 *
 * @param output folder of the leg's checkpoints, logs and predictions
 */
record Leg(RunPlan plan, Path output) {

  /** Exists once the leg has finished; holds nothing. */
  Path doneFile() {
    return output.resolve("done");
  }

  Path planFile() {
    return output.resolve("plan.json");
  }

  boolean isDone() {
    return Files.exists(doneFile());
  }
}
