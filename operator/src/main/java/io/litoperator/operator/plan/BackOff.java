package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pace;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Times;
import java.time.Duration;
import java.util.Optional;

/**
 * Delays restarts that follow each other without training getting further, as a Job delays its
 * Pods: what ails a node or a service for a minute must not use up all restarts, and what is free
 * must not go on at full speed for ever.
 */
final class BackOff {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(10);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(6);

  /** More would only overflow. */
  private static final int ENOUGH_DOUBLINGS = 6;

  private BackOff() {}

  /** The account with the pause that one more restart asks for. */
  static Restarts after(Snapshot snapshot, Restarts restarts, Cause cause) {
    Position before = furthest(restarts.pace());
    Position reached = Position.reached(snapshot);
    boolean further = restarts.pace() == null || reached.isBeyond(before);
    int inARow = further ? 1 : restarts.pace().inARow() + 1;
    Position furthest = further ? reached : before;
    return Ledger.paced(
        restarts,
        new Pace(
            inARow,
            furthest.stage(),
            furthest.step(),
            pause(inARow, cause).map(snapshot.now()::plus).map(Times::format).orElse(null)));
  }

  /**
   * The first restart waits for nothing, unless no worker has come to run: the scheduler does not
   * know why a kubelet rejected a Pod, and would send the next one to the same node at once; and
   * what an init container failed for is mostly still so.
   */
  private static Optional<Duration> pause(int inARow, Cause cause) {
    int doublings = cause.isBeforeWorker() ? inARow - 1 : inARow - 2;
    if (doublings < 0) {
      return Optional.empty();
    }
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(doublings, ENOUGH_DOUBLINGS));
    return Optional.of(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE);
  }

  private static Position furthest(Pace pace) {
    return pace == null ? Position.NOWHERE : new Position(pace.stage(), pace.step());
  }
}
