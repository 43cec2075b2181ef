package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WritePaceTest {
  private final AtomicLong now = new AtomicLong();
  private final List<Duration> waits = new ArrayList<>();

  @Test
  void aSecondsWorthIsWrittenAtOnceAndTheRestInItsTime() {
    WritePace pace = pace(Optional.of(10.0));

    write(pace, 10);
    assertThat(waits).isEmpty();
    write(pace, 20);
    assertThat(waited()).isBetween(Duration.ofMillis(1999), Duration.ofMillis(2001));
  }

  @Test
  void aRateBelowOneASecondIsKeptToo() {
    WritePace pace = pace(Optional.of(0.5));

    write(pace, 3);

    assertThat(waited()).isBetween(Duration.ofMillis(3999), Duration.ofMillis(4001));
  }

  @Test
  void withoutARateNobodyWaits() {
    write(pace(Optional.empty()), 1000);

    assertThat(waits).isEmpty();
  }

  private WritePace pace(Optional<Double> perSecond) {
    return new WritePace(
        perSecond,
        now::get,
        wait -> {
          waits.add(wait);
          now.addAndGet(wait.toNanos());
        });
  }

  private Duration waited() {
    return waits.stream().reduce(Duration.ZERO, Duration::plus);
  }

  private static void write(WritePace pace, int times) {
    for (int i = 0; i < times; i++) {
      pace.await();
    }
  }
}
