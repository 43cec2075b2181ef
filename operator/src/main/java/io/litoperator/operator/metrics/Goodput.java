package io.litoperator.operator.metrics;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Useful step time over wall time of one job. Wall time runs while the job has Pods, from the first
 * Pod on. Useful is the time of steps that were taken for the first time, and of evaluations; steps
 * that a restart takes again, starting, loading and waiting are not. Both count from when this
 * process first saw the job.
 *
 * @param lookedAt until when wall time is counted
 * @param last newest progress that was counted; null before the first
 * @param highest step of the current stage that any attempt has reached
 */
record Goodput(Instant lookedAt, Duration wall, Duration useful, Mark last, long highest) {
  private static final Set<Phase> WITH_PODS =
      Set.of(
          Phase.STARTING,
          Phase.PRETRAINING,
          Phase.FINETUNING,
          Phase.EVALUATING,
          Phase.RESTARTING,
          Phase.SUSPENDING);

  /**
   * Where training stood.
   *
   * @param at when the operator heard so
   */
  record Mark(int attempt, String stage, long step, Instant at) {
    static Optional<Mark> of(LitTrainingJobStatus status) {
      Progress progress = status.progress();
      return progress == null || progress.lastHeartbeat() == null || status.coordinator() == null
          ? Optional.empty()
          : Optional.of(
              new Mark(
                  status.coordinator().attempt(),
                  progress.stage(),
                  progress.step(),
                  Instant.parse(progress.lastHeartbeat())));
    }
  }

  /** Of a job seen for the first time. */
  static Goodput begin(LitTrainingJobStatus status, Instant now) {
    Optional<Mark> mark = Mark.of(status);
    boolean fromItsStart = mark.isEmpty() && status.startTime() != null;
    return new Goodput(
        fromItsStart ? Instant.parse(status.startTime()) : now,
        Duration.ZERO,
        Duration.ZERO,
        mark.orElse(null),
        mark.map(Mark::step).orElse(0L));
  }

  /** Whether wall time runs in this phase. */
  static boolean counts(Phase phase) {
    return WITH_PODS.contains(phase);
  }

  Goodput next(LitTrainingJobStatus status, Instant now) {
    Duration passed =
        counts(status.phase()) && now.isAfter(lookedAt)
            ? Duration.between(lookedAt, now)
            : Duration.ZERO;
    Goodput waited = new Goodput(now, wall.plus(passed), useful, last, highest);
    return Mark.of(status).map(mark -> waited.advance(mark, status)).orElse(waited);
  }

  /** From 0 to 1; empty before any wall time. */
  OptionalDouble ratio() {
    return wall.isZero()
        ? OptionalDouble.empty()
        : OptionalDouble.of(Math.min(1, (double) useful.toMillis() / wall.toMillis()));
  }

  private Goodput advance(Mark mark, LitTrainingJobStatus status) {
    if (last == null || mark.attempt() != last.attempt()) {
      return with(mark, useful);
    }
    Duration interval = Duration.between(last.at(), mark.at());
    if (interval.isNegative() || interval.isZero()) {
      return this;
    }
    if (!mark.stage().equals(last.stage())) {
      return with(mark, useful.plus(interval));
    }
    long steps = mark.step() - last.step();
    if (steps > 0) {
      long first = Math.max(0, mark.step() - Math.max(last.step(), highest));
      return with(mark, useful.plus(interval.multipliedBy(first).dividedBy(steps)));
    }
    // A step may take longer than a report's interval: its time counts once it is done.
    boolean evaluates = status.coordinator().activity() == Activity.EVALUATING;
    return evaluates ? with(mark, useful.plus(interval)) : this;
  }

  private Goodput with(Mark mark, Duration nowUseful) {
    boolean sameStage = last != null && mark.stage().equals(last.stage());
    return new Goodput(
        lookedAt, wall, nowUseful, mark, sameStage ? Math.max(highest, mark.step()) : mark.step());
  }
}
