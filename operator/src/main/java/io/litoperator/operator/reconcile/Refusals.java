package io.litoperator.operator.reconcile;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Which jobs' Pods and other objects the API server would not make. Forgotten with the process:
 * another asks again.
 */
final class Refusals {
  /** An API server that has just started refuses what it allows a moment later. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /** A job that is refused asks again sooner; one that does not is gone. */
  private static final Duration KEPT = Duration.ofMinutes(20);

  private record Noted(Refusal refusal, Duration pause) {
    Duration nextPause() {
      Duration twice = pause.multipliedBy(2);
      return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
  }

  private final Clock clock;
  private final Cache<String, Noted> byJob;

  Refusals(Clock clock) {
    this.clock = clock;
    this.byJob =
        Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  Optional<Refusal> of(LitTrainingJob job) {
    return noted(job).map(Noted::refusal);
  }

  void note(LitTrainingJob job, RefusedException refused) {
    Duration pause = noted(job).map(Noted::nextPause).orElse(FIRST_PAUSE);
    Refusal refusal =
        new Refusal(
            refused.reason(),
            refused.getMessage(),
            refused.fault(job),
            clock.instant().plus(pause));
    byJob.put(job.getMetadata().getUid(), new Noted(refusal, pause));
  }

  void forget(LitTrainingJob job) {
    byJob.invalidate(job.getMetadata().getUid());
  }

  private Optional<Noted> noted(LitTrainingJob job) {
    return Optional.ofNullable(byJob.getIfPresent(job.getMetadata().getUid()));
  }
}
