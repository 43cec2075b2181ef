package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.StepClock.Phase;
import org.junit.jupiter.api.Test;

class StepClockTest {
  @Test
  void whatIsDoneWithinSomethingElseCountsForItselfAlone() {
    StepClock clock = new StepClock();
    long start = System.nanoTime();
    long[] inner = new long[1];
    clock.time(
        Phase.BACKWARD,
        "layer",
        () -> {
          spin();
          long from = System.nanoTime();
          clock.time(Phase.COMMUNICATION, "sum", StepClockTest::spin);
          inner[0] = System.nanoTime() - from;
        });
    double all = (System.nanoTime() - start) * 1e-9;
    Event.Times times = clock.take();

    assertThat(times.communication()).isPositive().isLessThanOrEqualTo(inner[0] * 1e-9);
    assertThat(times.backward() + times.communication()).isPositive().isLessThanOrEqualTo(all);
    assertThat(times.backward()).isCloseTo(all - inner[0] * 1e-9, within(all / 2));
    assertThat(times.forward()).isZero();
    assertThat(clock.take().backward()).isZero();
  }

  private static void spin() {
    long end = System.nanoTime() + 2_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }
}
