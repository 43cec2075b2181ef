package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Which checkpoint is best. A checkpoint's score is the one that was reported with it, or else the
 * accuracy that the first task to have one gave at its step; of two checkpoints with one step, in
 * two stages, that is the newer's. The highest score is best, and of equal ones the newest.
 */
final class Scores {
  /** The one metric that several tasks share, and of which more is better. */
  private static final String METRIC = "accuracy";

  private Scores() {}

  /** Gives checkpoints without a score that of their evaluation. */
  static List<SavedCheckpoint> fill(
      List<SavedCheckpoint> checkpoints, List<Evaluation> evaluations) {
    List<SavedCheckpoint> filled = new ArrayList<>(checkpoints);
    Set<Long> seen = new HashSet<>();
    for (int i = filled.size() - 1; i >= 0; i--) {
      SavedCheckpoint checkpoint = filled.get(i);
      if (seen.add(checkpoint.step()) && checkpoint.score() == null) {
        filled.set(i, withScore(checkpoint, accuracy(evaluations, checkpoint.step())));
      }
    }
    return List.copyOf(filled);
  }

  static Optional<SavedCheckpoint> newest(List<SavedCheckpoint> checkpoints) {
    return checkpoints.isEmpty()
        ? Optional.empty()
        : Optional.of(checkpoints.get(checkpoints.size() - 1));
  }

  static Optional<SavedCheckpoint> best(List<SavedCheckpoint> checkpoints) {
    return IntStream.range(0, checkpoints.size())
        .boxed()
        .filter(i -> checkpoints.get(i).score() != null)
        .max(
            Comparator.<Integer, BigDecimal>comparing(
                    i -> new BigDecimal(checkpoints.get(i).score()))
                .thenComparing(Comparator.naturalOrder()))
        .map(checkpoints::get);
  }

  /** As the status names a checkpoint: {@code stage-step}. */
  static String label(SavedCheckpoint checkpoint) {
    return checkpoint.stage() + "-" + checkpoint.step();
  }

  private static String accuracy(List<Evaluation> evaluations, Long step) {
    return evaluations.stream()
        .filter(e -> METRIC.equals(e.metric()) && Objects.equals(step, e.checkpointStep()))
        .map(Evaluation::score)
        .findFirst()
        .orElse(null);
  }

  private static SavedCheckpoint withScore(SavedCheckpoint c, String score) {
    return new SavedCheckpoint(
        c.stage(), c.step(), c.uri(), c.sizeBytes(), c.digest(), c.savedAt(), score);
  }
}
