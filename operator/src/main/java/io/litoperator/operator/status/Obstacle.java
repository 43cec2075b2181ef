package io.litoperator.operator.status;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.time.Instant;
import java.util.Optional;

/**
 * What keeps a job from running.
 *
 * @param reason in one word
 * @param message in one sentence
 * @param phase of a job that it keeps
 */
public record Obstacle(String reason, String message, Phase phase) {
  /** Which a person may have to remove. */
  static Obstacle of(String reason, String message) {
    return new Obstacle(reason, message, Phase.PENDING);
  }

  /** Until it is the job's turn. */
  static Obstacle queue(String reason, String message) {
    return new Obstacle(reason, message, Phase.QUEUED);
  }

  /** Until a time. */
  static Obstacle pause(String reason, String message) {
    return new Obstacle(reason, message, Phase.RESTARTING);
  }

  /**
   * What was found about obstacles.
   *
   * @param obstacle the one to tell of
   * @param lookAgainAt when something that is none yet becomes one by lasting
   */
  record Finding(Optional<Obstacle> obstacle, Optional<Instant> lookAgainAt) {
    static final Finding NOTHING = new Finding(Optional.empty(), Optional.empty());

    static Finding of(Obstacle obstacle) {
      return new Finding(Optional.of(obstacle), Optional.empty());
    }

    static Finding later(Instant at) {
      return new Finding(Optional.empty(), Optional.of(at));
    }
  }
}
