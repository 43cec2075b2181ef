package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.operator.status.Course;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Delays the successors of Pods that a kubelet rejected: the scheduler, which does not know why,
 * would send them to the same node at once.
 */
final class Rejections {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

  /** More would only overflow. */
  private static final int ENOUGH_DOUBLINGS = 5;

  private Rejections() {}

  /** When the next Pod may be made; empty if a rejection is not what happened last. */
  static Optional<Instant> nextPodAt(Course course) {
    return Optional.ofNullable(course.lastFailure())
        .filter(last -> Cause.REJECTED.equals(last.reason()))
        .map(LastFailure::at)
        .map(at -> Instant.parse(at).plus(pause(course)));
  }

  private static Duration pause(Course course) {
    Map<String, Integer> byReason = course.restarts().byReason();
    int times = byReason == null ? 1 : byReason.getOrDefault(Cause.REJECTED, 1);
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(times - 1, ENOUGH_DOUBLINGS));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }
}
