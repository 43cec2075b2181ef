package io.litoperator.worker.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ToldBytesTest {
  private final AtomicLong sum = new AtomicLong();

  @Test
  void allOfAGoodTryIsToldOnceInWhateverOrderItsPartsAre() {
    try (ToldBytes told = new ToldBytes(sum::addAndGet)) {
      told.reached(10);
      told.reached(30);
      told.reached(20);
      assertThat(sum).hasValue(30);

      told.keep(40);
      told.reached(35);
      told.reached(40);
    }
    assertThat(sum).hasValue(40);
  }

  @Test
  void aTryThatFailsIsTakenBackForGood() {
    ToldBytes told = new ToldBytes(sum::addAndGet);
    told.reached(10);
    told.close();
    assertThat(sum).hasValue(0);

    told.reached(20);
    assertThat(sum).hasValue(0);
  }
}
