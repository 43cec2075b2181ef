package io.litoperator.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Collective.Handle;
import io.litoperator.worker.distributed.Collectives;
import io.litoperator.worker.distributed.Collectives.Call;
import io.litoperator.worker.distributed.TcpCollective;
import io.litoperator.worker.distributed.TcpRing;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    assertThat(outcomes(worldSize, rank -> rank)).containsOnly(Optional.empty());
  }

  /** Whole numbers up to 256 are exact in bf16, in whatever order they are added. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 16, 17, 31, 32, 100, 4096})
  void howeverManyRanksThereAreTheirSumIsExact(int worldSize) {
    for (int index = 0; index < 4 * worldSize; index++) {
      int place = index;
      int sum = IntStream.range(0, worldSize).map(r -> Exchange.given(r, worldSize, place)).sum();
      assertThat(Exchange.sum(worldSize, index)).isEqualTo(sum).isLessThanOrEqualTo(256);
    }
  }

  @Test
  void moreRanksThanGiveToOnePlacePass() {
    assertThat(outcomes(24, rank -> rank)).containsOnly(Optional.empty());
  }

  /** All that an operation may do instead of what is asked. */
  private enum Fault {
    NOTHING_DONE,
    /** As one rank's part for another's: the size and the sum of all places are right. */
    PARTS_SWAPPED,
    /** Within each part. */
    PLACES_SWAPPED;

    Object of(Call call) throws Throwable {
      if (this == NOTHING_DONE) {
        return Handle.DONE;
      }
      Tensor values = (Tensor) call.arguments()[0];
      // What a sum leaves in the other part is undefined, so that a whole one is swapped.
      ((Handle)
              (call.name().equals("reduceScatter")
                  ? call.rank().allReduce(values)
                  : call.proceed()))
          .await();
      float[] right = values.toFloats();
      float[] wrong = new float[right.length];
      int half = right.length / 2;
      for (int i = 0; i < right.length; i++) {
        wrong[i] = right[this == PARTS_SWAPPED ? (i + half) % right.length : i ^ 1];
      }
      try (Tensor spoilt = Tensor.of(wrong, wrong.length)) {
        values.copyFrom(spoilt);
      }
      return Handle.DONE;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "reduceScatter, NOTHING_DONE",
    "reduceScatter, PARTS_SWAPPED",
    "reduceScatter, PLACES_SWAPPED",
    "allGather, NOTHING_DONE",
    "allGather, PARTS_SWAPPED",
    "allGather, PLACES_SWAPPED"
  })
  void whatAnOperationDoesWronglyIsFound(String operation, Fault fault) {
    assertThat(
            outcomes(
                2,
                rank ->
                    Collectives.intercepting(
                        rank,
                        call ->
                            call.name().equals(operation) && call.arguments()[0] instanceof Tensor
                                ? fault.of(call)
                                : call.proceed())))
        .allSatisfy(
            failure ->
                assertThat(failure)
                    .hasValueSatisfying(
                        it -> {
                          assertThat(it.exitCode()).isEqualTo(ExitCode.ACCELERATOR);
                          assertThat(it)
                              .hasMessageContaining(
                                  operation.equals("allGather")
                                      ? "of a gathered sum"
                                      : "of a scattered sum");
                          assertThat(it).hasMessageContaining("computes wrongly");
                        }));
  }

  /** What each rank's check fails with, if it does. */
  private static List<Optional<Failure>> outcomes(
      int worldSize, UnaryOperator<Collective> changed) {
    List<TcpCollective> ranks = TcpRing.connect(worldSize, Duration.ofSeconds(30));
    List<CompletableFuture<Optional<Failure>>> checks =
        ranks.stream()
            .map(changed)
            .map(
                rank ->
                    CompletableFuture.supplyAsync(
                        () ->
                            Optional.ofNullable(
                                catchThrowableOfType(Failure.class, () -> Exchange.check(rank))),
                        task -> new Thread(task).start()))
            .toList();
    List<Optional<Failure>> outcomes = checks.stream().map(CompletableFuture::join).toList();
    ranks.forEach(Collective::close);
    return outcomes;
  }
}
