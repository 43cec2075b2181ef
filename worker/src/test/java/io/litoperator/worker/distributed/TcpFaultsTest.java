package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.DType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What ranks tell when another is lost, or does something else. */
class TcpFaultsTest extends CollectiveWorld {
  /** Enough for ranks to join on a busy machine, and to renew it. */
  private static final Duration SHORT = Duration.ofSeconds(2);

  @Override
  List<TcpCollective> connect(int worldSize, Duration patience) {
    return TcpRing.connect(worldSize, patience);
  }

  @Test
  void everyRankNamesThePeerThatDiedMidway() {
    List<Collective> ranks = ranks(4);
    onEach(ranks, rank -> allReduce(rank, DType.FLOAT32, filled(10, 1)));

    List<Failure> failures =
        onEach(
            ranks,
            rank -> {
              if (rank.rank() == 2) {
                rank.close();
                return null;
              }
              Collective.Handle first =
                  rank.allReduce(keep(tensor(DType.FLOAT32, filled(1_000_000, 1))));
              Collective.Handle second = rank.allReduce(keep(tensor(DType.FLOAT32, filled(10, 1))));
              Failure failure = catchThrowableOfType(Failure.class, first::await);
              assertThatThrownBy(second::await).isInstanceOf(Failure.class);
              assertThatThrownBy(rank::barrier).isInstanceOf(Failure.class);
              return failure;
            });

    failures.remove(2);
    assertThat(failures)
        .allSatisfy(
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.PEER_LOST);
              assertThat(failure)
                  .hasMessageContaining("Rank 2")
                  .hasMessageContaining("operation 1");
            });
  }

  @Test
  void aPeerThatDoesNotComeFailsTheOthers() {
    List<Collective> ranks = keep(connect(2, SHORT));

    Collective.Handle handle = ranks.get(0).allReduce(keep(tensor(DType.FLOAT32, filled(100, 1))));

    assertThatThrownBy(handle::await)
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("Rank 1")
        .hasMessageContaining("operation 0");
  }

  @Test
  void aPeerThatIsAtWorkIsAwaitedForLongerThanThePatience() throws Exception {
    Patience patience = new Patience(SHORT);
    List<Collective> ranks = keep(TcpRing.connect(3, patience));
    List<Future<?>> early =
        List.of(threads.submit(ranks.get(1)::barrier), threads.submit(ranks.get(2)::barrier));

    long start = System.nanoTime();
    while (System.nanoTime() - start < SHORT.plusSeconds(1).toNanos()) {
      Thread.sleep(20);
      patience.renew();
    }
    ranks.get(0).barrier();

    for (Future<?> waited : early) {
      assertThat(waited).succeedsWithin(Duration.ofSeconds(10));
    }
  }

  @Test
  void ranksThatSumDifferentLengthsAreToldSo() {
    List<Failure> failures =
        onEach(
            ranks(2),
            rank ->
                catchThrowableOfType(
                    Failure.class,
                    () -> allReduce(rank, DType.FLOAT32, filled(10 + rank.rank(), 1))));

    assertThat(failures).doesNotContainNull();
    assertThat(failures)
        .anySatisfy(
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
              assertThat(failure)
                  .hasMessageContaining("10 fp32 values")
                  .hasMessageContaining("11 fp32 values");
            });
  }

  @Test
  void ranksThatCallDifferentOperationsAreToldSo() {
    List<Failure> failures =
        onEach(
            ranks(2),
            rank ->
                catchThrowableOfType(
                    Failure.class,
                    () -> {
                      if (rank.rank() == 0) {
                        rank.barrier();
                      } else {
                        allReduce(rank, DType.FLOAT32, filled(10, 1));
                      }
                    }));

    assertThat(failures).anySatisfy(f -> assertThat(f).hasMessageContaining("do different things"));
  }
}
