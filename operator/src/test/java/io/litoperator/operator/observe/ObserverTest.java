package io.litoperator.operator.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.SettableClock;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ObserverTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  /** Else every gang would seem to have been silent for as long as the standby has run. */
  @Test
  void aStandbyListensFromWhenItLooksAtTheFirstJob() {
    SettableClock clock = new SettableClock(START);
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      Observer observer =
          new Observer(
              client,
              new JobCaches(() -> true),
              new JobSecrets(client, clock),
              job -> Optional.empty(),
              () -> "ca",
              clock);
      clock.pass(Duration.ofDays(3));
      Snapshot first = observer.observe(Jobs.of(2), Optional.empty(), false);

      clock.pass(Duration.ofMinutes(1));
      LitTrainingJob another = Jobs.of(2);
      another.getMetadata().setUid("another");
      Snapshot second = observer.observe(another, Optional.empty(), false);

      assertThat(first.listeningSince()).isEqualTo(START.plus(Duration.ofDays(3)));
      assertThat(second.listeningSince()).isEqualTo(first.listeningSince());
      assertThat(second.now()).isAfter(first.now());
    }
  }
}
