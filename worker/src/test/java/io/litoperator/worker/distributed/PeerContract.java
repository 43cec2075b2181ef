package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every implementation of {@link Collective} must do when a rank dies or is late. */
abstract class PeerContract extends CollectiveWorld {
  @Test
  void aPeerThatDiesMidwayFailsTheOthersAndAllThatFollows() {
    List<Collective> ranks = ranksOfThisProcess(4);
    onEach(ranks, rank -> allReduce(rank, DType.FLOAT32, filled(10, 1)));

    List<List<Failure>> failures =
        onEach(
            ranks,
            rank -> {
              if (rank.rank() == 2) {
                rank.close();
                return List.of();
              }
              Collective.Handle first =
                  rank.allReduce(keep(tensor(DType.FLOAT32, filled(1_000_000, 1))));
              Collective.Handle second =
                  rank.reduceScatter(keep(tensor(DType.FLOAT32, filled(12, 1))));
              Failure found =
                  catchThrowableOfType(
                      Failure.class,
                      () -> {
                        first.await();
                        second.await();
                        rank.barrier();
                      });
              Failure again = catchThrowableOfType(Failure.class, rank::barrier);
              // May tell of it once more.
              catchThrowable(rank::close);
              return Arrays.asList(found, again);
            });

    for (int rank : new int[] {0, 1, 3}) {
      assertThat(failures.get(rank))
          .hasSize(2)
          .allSatisfy(failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.PEER_LOST));
    }
  }

  @Test
  void aPeerThatComesLateButInTimeIsAwaited() throws Exception {
    List<Collective> ranks = ranksOfThisProcess(2);
    CountDownLatch firstIsWaiting = new CountDownLatch(1);
    Future<float[]> early =
        threads.submit(
            () -> {
              Tensor tensor = keep(tensor(DType.FLOAT32, filled(300_000, 1)));
              Collective.Handle handle = ranks.get(0).allReduce(tensor);
              firstIsWaiting.countDown();
              handle.await();
              return content(tensor);
            });
    assertThat(firstIsWaiting.await(10, TimeUnit.SECONDS)).isTrue();

    float[] late = allReduce(ranks.get(1), DType.FLOAT32, filled(300_000, 2));

    assertThat(early.get()).isEqualTo(late).isEqualTo(filled(300_000, 3));
  }
}
