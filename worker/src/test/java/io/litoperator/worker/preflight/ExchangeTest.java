package io.litoperator.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.TcpCollective;
import io.litoperator.worker.distributed.TcpRing;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.Torch;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ExchangeTest {
  @BeforeAll
  static void start() {
    Torch.start(1);
  }

  @Test
  void aRankAlonePasses() {
    Exchange.check(new Alone());
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 8})
  void ranksThatSumAndMoveRightlyPass(int worldSize) {
    List<TcpCollective> ranks = TcpRing.connect(worldSize, Duration.ofSeconds(30));
    List<CompletableFuture<Void>> checks =
        ranks.stream()
            .map(
                rank ->
                    CompletableFuture.runAsync(
                        () -> Exchange.check(rank), task -> new Thread(task).start()))
            .toList();
    checks.forEach(CompletableFuture::join);
    ranks.forEach(Collective::close);
  }

  /**
   * That another rank's part, or a part at another place, goes unseen is what sums of ones allow.
   */
  @ParameterizedTest
  @ValueSource(strings = {"reduceScatter", "allGather"})
  void anOperationThatIsNotDoneIsFound(String lost) {
    List<TcpCollective> ranks = TcpRing.connect(2, Duration.ofSeconds(30));
    List<CompletableFuture<Failure>> checks =
        ranks.stream()
            .map(
                rank ->
                    CompletableFuture.supplyAsync(
                        () ->
                            catchThrowableOfType(
                                Failure.class, () -> Exchange.check(without(lost, rank))),
                        task -> new Thread(task).start()))
            .toList();

    assertThat(checks)
        .allSatisfy(
            check -> {
              assertThat(check.join().exitCode()).isEqualTo(ExitCode.ACCELERATOR);
              assertThat(check.join()).hasMessageContaining("computes wrongly");
            });
    ranks.forEach(Collective::close);
  }

  private static Collective without(String lost, Collective rank) {
    return (Collective)
        Proxy.newProxyInstance(
            Collective.class.getClassLoader(),
            new Class<?>[] {Collective.class},
            (proxy, method, arguments) ->
                method.getName().equals(lost)
                    ? Collective.Handle.DONE
                    : method.invoke(rank, arguments));
  }
}
