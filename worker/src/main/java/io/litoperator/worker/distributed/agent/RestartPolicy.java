package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.IntFunction;

/** Decides after each failed attempt whether another is worth it. Remembers the failures so far. */
final class RestartPolicy {
  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final int MAX_DOUBLINGS = 6;

  private final int maxRestarts;
  private final OptionalInt resetAfterSteps;
  private final IntFunction<String> logs;
  private int restarts;
  private int fruitless;
  private long furthestStep = Long.MIN_VALUE;
  private RankEnd previous;

  /**
   * @param resetAfterSteps that are new, after which restarts are counted anew
   * @param logs where a rank's log is, to be named in the last failure
   */
  RestartPolicy(int maxRestarts, OptionalInt resetAfterSteps, IntFunction<String> logs) {
    this.maxRestarts = maxRestarts;
    this.resetAfterSteps = resetAfterSteps;
    this.logs = logs;
  }

  /**
   * The delay before the next attempt: 0.2 s, doubled with every failure since training last came
   * further than before, up to 12.8 s.
   *
   * @param cause of the attempt's failure
   * @param step the furthest that a rank came; -1 if none trained
   * @throws Failure if there shall be no further attempt
   */
  Duration delayBeforeNext(RankEnd cause, long step) {
    boolean progressed = step > furthestStep;
    if (cause.kind() == RankEnd.Kind.PERMANENT) {
      throw new Failure(cause.code(), cause.sentence());
    }
    if (!progressed && isSameDefect(cause)) {
      throw giveUp(cause, "the same happened twice without progress");
    }
    if (restarts > 0 && isEnough(step - furthestStep)) {
      restarts = 0;
    }
    if (restarts == maxRestarts) {
      throw giveUp(
          cause,
          maxRestarts == 0
              ? "there is to be no restart"
              : restarts + " of " + maxRestarts + " restarts are used up");
    }
    restarts++;
    fruitless = progressed ? 0 : fruitless + 1;
    furthestStep = Math.max(furthestStep, step);
    previous = cause;
    return FIRST_DELAY.multipliedBy(1L << Math.min(fruitless, MAX_DOUBLINGS));
  }

  private boolean isEnough(long newSteps) {
    return resetAfterSteps.isPresent() && newSteps >= resetAfterSteps.getAsInt();
  }

  /** A full disk tells of itself in ever other numbers, so that its sentences may differ. */
  private boolean isSameDefect(RankEnd cause) {
    return previous != null
        && cause.code() == previous.code()
        && (cause.code() == ExitCode.STORAGE
            || cause.code() == ExitCode.INTERNAL && cause.sentence().equals(previous.sentence()));
  }

  private Failure giveUp(RankEnd cause, String why) {
    return new Failure(
        cause.code(),
        "%s Gave up, since %s; rank %d ended by %s, its output is in %s."
            .formatted(cause.sentence(), why, cause.rank(), cause.how(), logs.apply(cause.rank())));
  }
}
