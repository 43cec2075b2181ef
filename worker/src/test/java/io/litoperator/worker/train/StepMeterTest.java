package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StepMeterTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void ratesAreThoseOfTheRecentSteps() {
    StepMeter meter = new StepMeter(0);
    long now = 0;
    for (int i = 0; i < 50; i++) {
      now += 4 * SECOND;
      meter.add(now, 8, 80, 800);
    }
    meter.skip(1000 * SECOND);
    now += 1000 * SECOND;
    for (int i = 0; i < 20; i++) {
      now += SECOND;
      meter.add(now, 8, 80, 800);
    }
    assertThat(meter.samplesPerSecond()).isCloseTo(8, within(1e-9));
    assertThat(meter.rowsPerSecond()).isCloseTo(80, within(1e-9));
    assertThat(meter.flopsPerSecond()).isCloseTo(800, within(1e-9));
    assertThat(meter.secondsFor(30)).isCloseTo(30, within(1e-9));
  }
}
