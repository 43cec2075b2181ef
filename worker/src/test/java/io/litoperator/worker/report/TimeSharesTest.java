package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeSharesTest {
  /** Two steps of 0.6 s on a GPU, which is told in 0.07 s what to do. */
  @Test
  void sharesAreOfTheWholeStep() {
    TimeShares shares = new TimeShares();
    assertThat(shares.isEmpty()).isTrue();
    for (int i = 0; i < 2; i++) {
      shares.add(new Event.Times(0.03, 0.02, 0.04, 0, 0.01, 0.49, 0.01));
    }

    assertThat(shares.isEmpty()).isFalse();
    assertThat(shares.text())
        .isEqualTo(
            "data 5 %, forward 3 %, backward 7 %, communication 0 %, optimizer 2 %, device 82 %, rest 2 %");
  }
}
