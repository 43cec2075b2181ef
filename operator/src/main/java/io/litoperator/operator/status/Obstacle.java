package io.litoperator.operator.status;

import java.time.Instant;
import java.util.Optional;

/**
 * What keeps a job from running.
 *
 * @param reason in one word
 * @param message in one sentence
 * @param isQueue whether the job waits for its turn rather than for a person
 */
public record Obstacle(String reason, String message, boolean isQueue) {
  static Obstacle of(String reason, String message) {
    return new Obstacle(reason, message, false);
  }

  static Obstacle queue(String reason, String message) {
    return new Obstacle(reason, message, true);
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
