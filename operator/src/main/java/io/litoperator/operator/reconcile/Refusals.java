package io.litoperator.operator.reconcile;

import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.observe.JobMemory;
import io.litoperator.operator.snapshot.Refusal;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/**
 * Which jobs' Pods and other objects the API server would not make. Forgotten with the process:
 * another asks again.
 */
final class Refusals {
  /** An API server that has just started refuses what it allows a moment later. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private record Noted(Refusal refusal, Duration pause) {
    Duration nextPause() {
      Duration twice = pause.multipliedBy(2);
      return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }
  }

  private final Clock clock;
  private final JobMemory<Noted> noted;

  Refusals(Clock clock) {
    this.clock = clock;
    this.noted = new JobMemory<>(clock);
  }

  Optional<Refusal> of(LitTrainingJob job) {
    return noted.of(job).map(Noted::refusal);
  }

  void note(LitTrainingJob job, RefusedException refused) {
    Duration pause = noted.of(job).map(Noted::nextPause).orElse(FIRST_PAUSE);
    Refusal refusal =
        new Refusal(
            refused.reason(),
            refused.getMessage(),
            refused.fault(job),
            clock.instant().plus(pause));
    noted.put(job, new Noted(refusal, pause));
  }

  void forget(LitTrainingJob job) {
    noted.forget(job);
  }
}
