package io.litoperator.worker.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.train.StepClock.Phase;
import org.junit.jupiter.api.Test;

class StepClockTest {
  private long now = 100;
  private final StepClock clock = new StepClock(() -> now);

  @Test
  void whatIsDoneWithinSomethingElseCountsForItselfAlone() {
    pass(7);
    clock.time(
        Phase.BACKWARD,
        "layer",
        () -> {
          pass(2);
          clock.time(Phase.COMMUNICATION, "sum", () -> pass(40));
          pass(3);
        });
    pass(11);
    clock.time(Phase.COMMUNICATION, "sum", () -> pass(500));

    assertThat(clock.take()).isEqualTo(new Event.Times(0, 0, 5, 540, 0, 0, 0));
    assertThat(clock.take()).isEqualTo(new Event.Times(0, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void whatGoesOnIsCountedUpToNow() {
    clock.time(
        Phase.DATA,
        "batch",
        () -> {
          pass(4);
          assertThat(clock.take()).isEqualTo(new Event.Times(4, 0, 0, 0, 0, 0, 0));
          pass(6);
        });

    assertThat(clock.take()).isEqualTo(new Event.Times(6, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aFailureEndsWhatItWasMetIn() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                clock.time(
                    Phase.FORWARD,
                    "layer",
                    () -> {
                      pass(3);
                      throw new IllegalStateException();
                    }));
    pass(20);

    assertThat(clock.take()).isEqualTo(new Event.Times(0, 3, 0, 0, 0, 0, 0));
  }

  @Test
  void allOfAStepIsCountedAndNothingBesides() {
    pass(13);
    clock.time(
        Phase.STEP,
        "step",
        () -> {
          pass(1);
          clock.time(Phase.FORWARD, "layer", () -> pass(20));
          clock.time(Phase.DEVICE, "losses", () -> pass(300));
          pass(2);
        });
    clock.time(Phase.OTHER, "checkpoint", () -> pass(7));

    assertThat(clock.take()).isEqualTo(new Event.Times(0, 20, 0, 0, 0, 300, 3));
  }

  private void pass(long seconds) {
    now += seconds * 1_000_000_000;
  }
}
