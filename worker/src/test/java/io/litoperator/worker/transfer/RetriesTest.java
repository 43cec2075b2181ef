package io.litoperator.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RetriesTest {
  private final List<String> waits = new ArrayList<>();
  private final Backoff noting =
      new Backoff() {
        @Override
        public void await(int attempt, Optional<String> retryAfter) {
          waits.add(attempt + retryAfter.map(r -> " after " + r).orElse(""));
        }
      };

  @Test
  void waitsLongerAndLongerAtMostTwoMinutes() {
    ZonedDateTime now = ZonedDateTime.of(2026, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

    assertThat(Backoff.delay(1, Optional.empty(), now))
        .isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(Backoff.delay(4, Optional.empty(), now))
        .isBetween(Duration.ofSeconds(4), Duration.ofSeconds(8));
    assertThat(Backoff.delay(1, Optional.of("3"), now)).isEqualTo(Duration.ofSeconds(3));
    assertThat(Backoff.delay(1, Optional.of("Thu, 1 Jan 2026 00:00:30 GMT"), now))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(Backoff.delay(1, Optional.of("99999"), now)).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void whatMayPassIsTriedAgain() throws IOException {
    AtomicInteger tries = new AtomicInteger();

    String said =
        new Retries(noting, Duration.ofMinutes(1))
            .call(
                () -> {
                  if (tries.incrementAndGet() < 3) {
                    throw new Transient("busy", Optional.of("7"), null);
                  }
                  return "done";
                });

    assertThat(said).isEqualTo("done");
    assertThat(waits).containsExactly("1 after 7", "2 after 7");
  }

  @Test
  void whatWillNotPassIsToldAtOnce() {
    assertThatThrownBy(
            () ->
                new Retries(noting, Duration.ofMinutes(1))
                    .call(
                        () -> {
                          throw new IOException("no such bucket");
                        }))
        .hasMessage("no such bucket");
    assertThat(waits).isEmpty();
  }

  @Test
  void patienceEnds() {
    assertThatThrownBy(
            () ->
                new Retries(noting, Duration.ZERO)
                    .call(
                        () -> {
                          throw new Transient("busy", Optional.empty(), null);
                        }))
        .isInstanceOf(Transient.class);
    assertThat(waits).isEmpty();
  }
}
