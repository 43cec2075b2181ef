package io.litoperator.operator.observe;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What this process remembers of jobs, by their uid. Any thread may ask. */
public final class JobMemory<V> {
  /** Every job that there is is looked at more often; one that is not looked at is gone. */
  private static final Duration KEPT = Duration.ofMinutes(20);

  private final Cache<String, V> byUid;

  public JobMemory(Clock clock) {
    this.byUid =
        Caffeine.newBuilder()
            .expireAfterAccess(KEPT)
            .ticker(() -> TimeUnit.MILLISECONDS.toNanos(clock.millis()))
            .build();
  }

  public Optional<V> of(LitTrainingJob job) {
    return Optional.ofNullable(byUid.getIfPresent(job.getMetadata().getUid()));
  }

  public void put(LitTrainingJob job, V value) {
    byUid.put(job.getMetadata().getUid(), value);
  }

  public void forget(LitTrainingJob job) {
    byUid.invalidate(job.getMetadata().getUid());
  }
}
