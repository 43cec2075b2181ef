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
 * Which jobs' Pods the API server would not make. Forgotten with the process: another asks again.
 */
final class Refusals {
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** A job that is refused asks again sooner; one that does not is gone. */
  private static final Duration KEPT = Duration.ofMinutes(20);

  private final Clock clock;
  private final Cache<String, Refusal> byJob;

  Refusals(Clock clock) {
    this.clock = clock;
    this.byJob =
        Caffeine.newBuilder()
            .expireAfterWrite(KEPT)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  Optional<Refusal> of(LitTrainingJob job) {
    return Optional.ofNullable(byJob.getIfPresent(job.getMetadata().getUid()));
  }

  void note(LitTrainingJob job, ActionRunner.RefusedException refused) {
    byJob.put(
        job.getMetadata().getUid(),
        new Refusal(refused.reason(), refused.getMessage(), clock.instant().plus(PAUSE)));
  }

  void forget(LitTrainingJob job) {
    byJob.invalidate(job.getMetadata().getUid());
  }
}
