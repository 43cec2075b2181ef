package io.litoperator.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WatchedTest {
  @Test
  void workThatEndsIsGiven() {
    assertThat(new Watched(Duration.ofMinutes(1), Progress.NONE).call("Reading", () -> 3))
        .isEqualTo(3);
  }

  @Test
  void workThatFailsTellsWhy() {
    Failure failure = new Failure(ExitCode.STORAGE, "The disk is full.");

    assertThatThrownBy(
            () ->
                new Watched(Duration.ofMinutes(1), Progress.NONE)
                    .call(
                        "Reading",
                        () -> {
                          throw failure;
                        }))
        .isSameAs(failure);
  }

  @Test
  void workThatDoesNotGetOnIsAHang() {
    CountDownLatch never = new CountDownLatch(1);
    Watched watched = new Watched(Duration.ZERO, Progress.NONE);

    assertThatThrownBy(() -> watched.call("Reading /mnt/dead", () -> await(never)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.HANG))
        .hasMessageStartingWith("Reading /mnt/dead has got no further since 2");
    never.countDown();
  }

  private static Void await(CountDownLatch latch) {
    try {
      latch.await();
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
