package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.SettableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private final SettableClock clock = new SettableClock(Instant.parse("2026-01-01T00:00:00Z"));
  private final Refusals refusals = new Refusals(clock);
  private final LitTrainingJob job = Jobs.of(2);

  @Test
  void aRefusalIsKeptUntilAfterItsPause() {
    refuse("exceeded quota: pods");
    clock.pass(Duration.ofMinutes(1));

    assertThat(refusals.of(job))
        .contains(
            new Refusal(
                "QuotaExceeded",
                "exceeded quota: pods",
                Optional.empty(),
                Instant.parse("2026-01-01T00:00:01Z")));
  }

  @Test
  void whoIsRefusedAgainWaitsTwiceAsLongUpToHalfAMinute() {
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      refuse("exceeded quota: pods");
      pauses.add(Duration.between(clock.instant(), refusals.of(job).orElseThrow().retryAt()));
    }

    assertThat(pauses)
        .extracting(Duration::toSeconds)
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
  }

  @Test
  void aRefusalIsForgottenOnceAPodIsMade() {
    refuse("exceeded quota: pods");
    refusals.forget(job);

    assertThat(refusals.of(job)).isEmpty();
  }

  @Test
  void theRefusalOfAJobThatIsGoneIsDropped() {
    refuse("exceeded quota: pods");
    clock.pass(Duration.ofMinutes(21));

    assertThat(refusals.of(job)).isEmpty();
  }

  private void refuse(String message) {
    refusals.note(
        job,
        (RefusedException)
            RefusedException.orSame(
                new PodBuilder().build(), new KubernetesClientException(message, 403, null)));
  }
}
