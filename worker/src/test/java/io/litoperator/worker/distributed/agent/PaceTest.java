package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PaceTest {
  private final AtomicLong nanos = new AtomicLong();
  private final Pace pace = new Pace(nanos::incrementAndGet);

  @Test
  void aSecondPassesBetweenTwoTimes() {
    assertThat(pace.allows("writing")).isTrue();
    assertThat(pace.allows("writing")).isFalse();
    pass(Duration.ofMillis(999));
    assertThat(pace.allows("writing")).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(pace.allows("writing")).isTrue();
    assertThat(pace.allows("writing")).isFalse();
  }

  @Test
  void eachWorkHasItsOwn() {
    assertThat(pace.allows("writing")).isTrue();
    assertThat(pace.allows("sending")).isTrue();
    assertThat(pace.allows("writing")).isFalse();
  }

  @Test
  void whatIsOverMayBeginAnew() {
    assertThat(pace.allows("writing")).isTrue();
    pace.forget("writing");
    assertThat(pace.allows("writing")).isTrue();
  }

  private void pass(Duration time) {
    nanos.addAndGet(time.toNanos());
  }
}
