package io.litoperator.worker.plan;

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
 * @param exportHuggingFace whether the finished model is written in Hugging Face's layout as well
 */
public record CheckpointPlan(
    OptionalInt everySteps,
    Optional<Duration> everyTime,
    int keep,
    Path destination,
    boolean exportHuggingFace) {

  public CheckpointPlan withDestination(Path other) {
    return new CheckpointPlan(everySteps, everyTime, keep, other, exportHuggingFace);
  }
}
