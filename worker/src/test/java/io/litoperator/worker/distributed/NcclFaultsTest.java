package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Communicator;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a rank is told of when NCCL fails, by a communicator that behaves as badly as NCCL's may: it
 * ends only when all ranks end it.
 */
@Timeout(60)
class NcclFaultsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final CountDownLatch othersEnd = new CountDownLatch(1);
  private final Gpus gpus = new Gpus();

  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @AfterEach
  void letTheThreadsEnd() {
    othersEnd.countDown();
  }

  @Test
  void aFaultThatTheWatcherFindsIsThrownByAllThatFollows() throws Exception {
    NcclCollective rank = new NcclCollective(new Alone(), new Patience(PATIENCE), gpus);
    try (Tensor values = Tensor.zeros(DType.FLOAT32, 4)) {
      Collective.Handle handle = rank.allReduce(values);
      gpus.fault = new Communicator.Fault("remote process exited");
      gpus.aborting.await();

      String sentence =
          "Rank 0 failed in NCCL's sum of 4 fp32 values (operation 0): remote process";
      assertFails(handle::await, ExitCode.PEER_LOST, sentence);
      assertFails(() -> rank.allReduce(values), ExitCode.PEER_LOST, sentence);
      assertFails(() -> rank.allReduce(new double[1]), ExitCode.PEER_LOST, sentence);
      assertFails(() -> rank.allGather(new byte[1]), ExitCode.PEER_LOST, sentence);
      assertFails(rank::barrier, ExitCode.PEER_LOST, sentence);
      assertThat(rank.operations()).isEqualTo(2);
      rank.close();
    }
  }

  @Test
  @SuppressWarnings("try") // That it is closed is all that is wanted.
  void aFaultThatIsMetAgainInClosingIsStillTheOneThatIsTold() throws Exception {
    NcclCollective rank = new NcclCollective(new Alone(), new Patience(PATIENCE), gpus);
    gpus.fault = new Communicator.Fault("remote process exited");
    gpus.aborting.await();

    assertThatThrownBy(
            () -> {
              try (AutoCloseable awaitsTheLast = rank::barrier) {
                rank.barrier();
              }
            })
        .isInstanceOf(Failure.class)
        .hasMessageContaining("remote process exited");
    rank.close();
  }

  @Test
  void anOperationThatIsRefusedIsToldOfAtOnce() {
    gpus.fault = new Communicator.Fault("unhandled cuda error", true);
    NcclCollective rank = new NcclCollective(new Alone(), new Patience(PATIENCE), gpus);
    try (Tensor values = Tensor.zeros(DType.FLOAT32, 4)) {
      assertFails(() -> rank.allReduce(values), ExitCode.ACCELERATOR, "unhandled cuda error");
      rank.close();
    }
  }

  @Test
  void aHangEndsTheWaitForRanksThatHangInItToo() {
    List<TcpCollective> hosts = TcpRing.connect(2, PATIENCE);
    NcclCollective rank =
        new NcclCollective(hosts.get(0), new Patience(Duration.ofMillis(200)), gpus);
    try (Tensor values = Tensor.zeros(DType.FLOAT32, 4)) {
      rank.allReduce(values);

      assertFails(rank::barrier, ExitCode.PEER_LOST, "(operation 0): it took longer than 0 s");
      // What rank 0 has said may still come; more does not.
      assertThatThrownBy(
              () -> {
                hosts.get(1).barrier();
                hosts.get(1).barrier();
              })
          .hasMessageContaining("Rank 0 was lost");
      rank.close();
    } finally {
      hosts.get(1).close();
    }
  }

  @Test
  void operationsAreToldWhileOneIsBeingStarted() throws Exception {
    gpus.startsLate = true;
    NcclCollective rank = new NcclCollective(new Alone(), new Patience(PATIENCE), gpus);
    try (Tensor values = Tensor.zeros(DType.FLOAT32, 4)) {
      CompletableFuture<?> starting = CompletableFuture.runAsync(() -> rank.allReduce(values));
      gpus.starting.await();

      assertThat(rank.operations()).isEqualTo(1);
      assertThat(starting).isNotDone();
      othersEnd.countDown();
      starting.get();
      rank.close();
    }
  }

  @Test
  void theOthersHearThatARankLeavesBeforeItWaitsForThem() {
    Collective host =
        Collectives.intercepting(
            new Alone(),
            call -> {
              if (call.name().equals("close")) {
                assertThat(gpus.leaving).isFalse();
                othersEnd.countDown();
              }
              return call.proceed();
            });
    new NcclCollective(host, new Patience(PATIENCE), gpus).close();

    assertThat(gpus.left).isTrue();
  }

  private static void assertFails(Runnable call, ExitCode code, String sentence) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(Failure.class, f -> assertThat(f.exitCode()).isEqualTo(code))
        .hasMessageContaining(sentence);
  }

  private final class Gpus implements Communicator {
    private final CountDownLatch starting = new CountDownLatch(1);
    private final CountDownLatch aborting = new CountDownLatch(1);
    private volatile Fault fault;
    private volatile boolean startsLate;
    private volatile boolean leaving;
    private volatile boolean left;

    /** Never done. */
    private final Operation hangs =
        new Operation() {
          @Override
          public boolean isDone() {
            return false;
          }

          @Override
          public void await() {}

          @Override
          public void close() {}
        };

    @Override
    public Operation allReduce(Tensor values) throws Fault {
      starting.countDown();
      fault();
      if (startsLate) {
        awaitOthers();
      }
      return hangs;
    }

    @Override
    public Operation reduceScatter(Tensor values) {
      return hangs;
    }

    @Override
    public Operation allGather(Tensor values) {
      return hangs;
    }

    @Override
    public Operation broadcast(Tensor values, int root) {
      return hangs;
    }

    @Override
    public void attach() {}

    @Override
    public void fault() throws Fault {
      if (fault != null) {
        throw fault;
      }
    }

    @Override
    public void abort() {
      aborting.countDown();
      awaitOthers();
    }

    @Override
    public void leave() {
      leaving = true;
      awaitOthers();
      left = true;
    }

    private void awaitOthers() {
      try {
        othersEnd.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
