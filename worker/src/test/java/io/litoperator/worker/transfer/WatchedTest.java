package io.litoperator.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
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

  /** By a clock that is looked at twice in each of ten stretches, which are almost too long. */
  @Test
  void workThatGetsOnIsNoneHoweverLongItTakes() {
    AtomicLong nanos = new AtomicLong();
    Semaphore looks = new Semaphore(0);
    LongSupplier clock =
        () -> {
          looks.release();
          return nanos.get();
        };
    Watched watched = new Watched(Duration.ofMinutes(20), Progress.NONE, clock);

    String read =
        watched.call(
            "Reading",
            () -> {
              for (int stretch = 1; stretch <= 10; stretch++) {
                nanos.addAndGet(Duration.ofMinutes(19).toNanos());
                watched.on("reading", stretch, 10);
                looks.drainPermits();
                looks.acquireUninterruptibly(2);
              }
              return "all";
            });

    assertThat(read).isEqualTo("all");
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
