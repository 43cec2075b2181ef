package io.litoperator.operator.reconcile;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which jobs' Pods the API server would not make. Forgotten with the process: another asks again.
 */
final class Refusals {
  private static final Duration PAUSE = Duration.ofSeconds(30);

  private final Clock clock;
  private final Map<String, Refusal> byJob = new ConcurrentHashMap<>();

  Refusals(Clock clock) {
    this.clock = clock;
  }

  Optional<Refusal> of(LitTrainingJob job) {
    return Optional.ofNullable(byJob.get(job.getMetadata().getUid()));
  }

  void note(LitTrainingJob job, ActionRunner.RefusedException refused) {
    byJob.put(
        job.getMetadata().getUid(),
        new Refusal(refused.reason(), refused.getMessage(), clock.instant().plus(PAUSE)));
  }

  void forget(LitTrainingJob job) {
    byJob.remove(job.getMetadata().getUid());
  }
}
