package io.litoperator.worker.plan;

import io.litoperator.api.job.BucketPath;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * When and where training state is saved; besides, each stage's end is.
 *
 * @param everySteps optimizer steps between checkpoints
 * @param everyTime time between checkpoints; at most one of the two is present
 * @param keep newest checkpoints kept, at least 1; the best one is kept besides
 * @param destination folder of this machine; with a bucket, where checkpoints are before they go
 *     there and after they came back
 * @param bucket where checkpoints are kept if not on this machine
 * @param exportHuggingFace whether the finished model is written in Hugging Face's layout as well
 */
public record CheckpointPlan(
    OptionalInt everySteps,
    Optional<Duration> everyTime,
    int keep,
    Path destination,
    Optional<BucketPath> bucket,
    boolean exportHuggingFace) {

  /** Of checkpoints on this machine. */
  public CheckpointPlan(
      OptionalInt everySteps,
      Optional<Duration> everyTime,
      int keep,
      Path destination,
      boolean exportHuggingFace) {
    this(everySteps, everyTime, keep, destination, Optional.empty(), exportHuggingFace);
  }

  /**
   * Of one of the runs that share an output folder.
   *
   * @param output the shared one
   * @param name of the run's folder in it
   */
  public CheckpointPlan within(Path output, Path name) {
    return new CheckpointPlan(
        everySteps,
        everyTime,
        keep,
        output.resolve(name).resolve("checkpoints"),
        bucket.map(shared -> shared.resolve(name.toString())),
        exportHuggingFace);
  }
}
