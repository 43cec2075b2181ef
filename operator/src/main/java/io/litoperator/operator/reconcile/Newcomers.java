package io.litoperator.operator.reconcile;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.observe.JobCaches;
import io.litoperator.operator.observe.JobMemory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Jobs that nobody has looked at yet, or is only just looking at. */
final class Newcomers {
  /** An answer holds for so long: many ask at once, and all jobs are gone through to give it. */
  private static final Duration HOLDS = Duration.ofMillis(250);

  private record Answer(boolean any, Instant until) {}

  private final JobCaches caches;
  private final Clock clock;

  /** Jobs that were looked at and not told of yet. */
  private final JobMemory<Boolean> known;

  private volatile Answer last = new Answer(false, Instant.MIN);

  Newcomers(JobCaches caches, Clock clock) {
    this.caches = caches;
    this.clock = clock;
    this.known = new JobMemory<>(clock);
  }

  /** Whether there are any, asked for a job that is none itself and may wait for them. */
  boolean areBehind(LitTrainingJob job) {
    return job.told().isEmpty() && isKnown(job) && any();
  }

  /** Its turn is over, whatever came of it. */
  void lookedAt(LitTrainingJob job) {
    if (job.told().isEmpty()) {
      known.put(job, true);
    }
  }

  private boolean any() {
    Instant now = clock.instant();
    if (!now.isBefore(last.until())) {
      last =
          new Answer(
              caches.jobs().anyMatch(job -> job.told().isEmpty() && !isKnown(job)),
              now.plus(HOLDS));
    }
    return last.any();
  }

  private boolean isKnown(LitTrainingJob job) {
    return known.of(job).isPresent();
  }
}
