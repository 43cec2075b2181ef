package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every implementation of {@link Collective} must do; ranks are threads of this process. One
 * whose ranks need a device each runs what fits into {@link #largestWorld}.
 */
@Timeout(60)
abstract class CollectiveContract {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static Program casts;

  private final List<Collective> opened = new ArrayList<>();
  private final Queue<Tensor> tensors = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
    casts = Program.load(CollectiveContract.class, "Casts", Map.of());
  }

  @AfterAll
  static void closePrograms() {
    casts.close();
  }

  /** Connects the ranks of a world, in their order. */
  abstract List<? extends Collective> connect(int worldSize, Duration patience);

  int largestWorld() {
    return Integer.MAX_VALUE;
  }

  /** The values in memory of their own, where the ranks can reach it. */
  Tensor tensor(DType type, float... values) {
    try (Tensor floats = Tensor.of(values, values.length)) {
      return casts.tensor("cast", floats, type == DType.BFLOAT16 ? 15 : 6);
    }
  }

  float[] content(Tensor tensor) {
    try (Tensor floats = casts.tensor("cast", tensor, 6)) {
      return floats.toFloats();
    }
  }

  @AfterEach
  void close() {
    opened.forEach(Collective::close);
    threads.shutdownNow();
    tensors.forEach(Tensor::close);
  }

  @ParameterizedTest(name = "{0}, {1} ranks, {2} values")
  @CsvSource({
    "FLOAT32, 1, 0",
    "FLOAT32, 1, 7",
    "FLOAT32, 2, 0",
    "FLOAT32, 2, 1",
    "FLOAT32, 2, 7",
    "FLOAT32, 2, 1000000",
    "FLOAT32, 3, 1",
    "FLOAT32, 3, 1000000",
    "FLOAT32, 4, 65537",
    "FLOAT32, 5, 4",
    "FLOAT32, 8, 0",
    "FLOAT32, 8, 7",
    "FLOAT32, 2, 10000001",
    "BFLOAT16, 1, 7",
    "BFLOAT16, 2, 0",
    "BFLOAT16, 2, 1000001",
    "BFLOAT16, 3, 7",
    "BFLOAT16, 4, 300000"
  })
  void sumsToTheSameBitsEverywhere(DType type, int worldSize, int length) {
    List<float[]> results =
        onEach(ranks(worldSize), rank -> allReduce(rank, type, values(rank.rank(), length)));

    for (float[] result : results) {
      assertThat(result).isEqualTo(results.get(0));
    }
    assertSums(type, worldSize, results.get(0));
  }

  @ParameterizedTest(name = "{0}, {1} ranks, {2} values")
  @CsvSource({
    "FLOAT32, 1, 5",
    "FLOAT32, 2, 0",
    "FLOAT32, 2, 2",
    "FLOAT32, 3, 300000",
    "FLOAT32, 4, 1000000",
    "FLOAT32, 8, 8",
    "BFLOAT16, 2, 500000",
    "BFLOAT16, 4, 28"
  })
  void scatteredSumsThatAreGatheredAreTheSum(DType type, int worldSize, int length) {
    List<Collective> ranks = ranks(worldSize);
    List<float[]> parts =
        onEach(
            ranks,
            rank -> {
              Tensor values = keep(tensor(type, values(rank.rank(), length)));
              rank.reduceScatter(values).await();
              return Arrays.copyOfRange(
                  content(values), part(length, rank), part(length, rank) + length / worldSize);
            });
    List<float[]> gathered =
        onEach(
            ranks,
            rank -> {
              float[] mine = new float[length];
              System.arraycopy(
                  parts.get(rank.rank()), 0, mine, part(length, rank), length / worldSize);
              Tensor values = keep(tensor(type, mine));
              rank.allGather(values).await();
              return content(values);
            });
    List<float[]> sums = onEach(ranks, rank -> allReduce(rank, type, values(rank.rank(), length)));

    assertThat(gathered).allSatisfy(all -> assertThat(all).isEqualTo(sums.get(0)));
    assertSums(type, worldSize, gathered.get(0));
  }

  private static int part(int length, Collective rank) {
    return length / rank.worldSize() * rank.rank();
  }

  @ParameterizedTest(name = "{0} ranks, {1} values from {2}")
  @CsvSource({"1, 3, 0", "2, 0, 1", "2, 1, 0", "3, 200001, 1", "4, 7, 3", "4, 500000, 0"})
  void broadcastsToAll(int worldSize, int length, int root) {
    List<Collective> ranks = ranks(worldSize);
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      List<float[]> results =
          onEach(
              ranks,
              rank -> {
                Tensor values = keep(tensor(type, filled(length, rank.rank() + 1)));
                rank.broadcast(values, root).await();
                return content(values);
              });

      assertThat(results)
          .allSatisfy(values -> assertThat(values).isEqualTo(filled(length, root + 1)));
    }
  }

  @Test
  void completesManyOperationsInOrderWithoutWaitingInBetween() {
    int operations = 100;
    List<List<float[]>> results =
        onEach(
            ranks(3),
            rank -> {
              List<Tensor> tensors = new ArrayList<>();
              List<Collective.Handle> handles = new ArrayList<>();
              for (int i = 0; i < operations; i++) {
                DType type = i % 3 == 0 ? DType.BFLOAT16 : DType.FLOAT32;
                Tensor tensor = keep(tensor(type, filled(i * 12, i % 50 + rank.rank())));
                tensors.add(tensor);
                handles.add(
                    switch (i % 4) {
                      case 0 -> rank.broadcast(tensor, i % 3);
                      case 1 -> rank.allGather(tensor);
                      default -> rank.allReduce(tensor);
                    });
              }
              handles.get(operations - 1).await();
              return tensors.stream().map(this::content).toList();
            });

    for (List<float[]> tensors : results) {
      for (int i = 0; i < operations; i++) {
        float[] expected =
            switch (i % 4) {
              case 0 -> filled(i * 12, i % 50 + i % 3);
              case 1 -> rising(i * 4, i % 50);
              default -> filled(i * 12, 3 * (i % 50) + 3);
            };
        assertThat(tensors.get(i)).as("operation " + i).isEqualTo(expected);
      }
    }
  }

  /** The value {@code first}, then one more, then one more, each {@code count} times. */
  private static float[] rising(int count, int first) {
    float[] values = new float[3 * count];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i / count;
    }
    return values;
  }

  @Test
  void worksOnlyOnTheSliceThatIsGivenAndNeedsItsHandleNoLonger() {
    List<float[]> results =
        onEach(
            ranks(2),
            rank -> {
              Tensor whole = keep(tensor(DType.FLOAT32, 1, 2, 3, 4));
              Collective.Handle handle;
              try (Tensor slice = whole.slice(1, 3)) {
                handle = rank.allReduce(slice);
              }
              handle.await();
              return content(whole);
            });

    assertThat(results).allSatisfy(r -> assertThat(r).isEqualTo(new float[] {1, 4, 6, 4}));
  }

  @Test
  void refusesPartsThatAreNotEqual() {
    Collective rank = ranks(2).get(0);
    Tensor values = keep(tensor(DType.FLOAT32, 1, 2, 3));

    assertThatThrownBy(() -> rank.reduceScatter(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 values");
    assertThatThrownBy(() -> rank.allGather(values)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest(name = "{0} ranks")
  @ValueSource(ints = {1, 2, 5, 8})
  void sumsHostValues(int worldSize) {
    List<double[]> results =
        onEach(
            ranks(worldSize),
            rank -> {
              double[] values = {rank.rank(), 0.1, -1e300};
              rank.allReduce(values);
              return values;
            });

    double tenths = 0;
    for (int rank = 0; rank < worldSize; rank++) {
      tenths += 0.1;
    }
    double[] expected = {worldSize * (worldSize - 1) / 2.0, tenths, -1e300 * worldSize};
    assertThat(results).allSatisfy(result -> assertThat(result).isEqualTo(expected));
  }

  @ParameterizedTest(name = "{0} ranks")
  @ValueSource(ints = {1, 2, 5, 8})
  void gathersBlocksOfDifferentLengths(int worldSize) {
    List<byte[][]> results = onEach(ranks(worldSize), rank -> rank.allGather(block(rank.rank())));

    for (byte[][] blocks : results) {
      assertThat(blocks.length).isEqualTo(worldSize);
      for (int rank = 0; rank < worldSize; rank++) {
        assertThat(blocks[rank]).isEqualTo(block(rank));
      }
    }
  }

  @Test
  void barrierHoldsEveryRankUntilTheLastHasCome() {
    AtomicInteger arrived = new AtomicInteger();
    List<Integer> seen =
        onEach(
            ranks(4),
            rank -> {
              arrived.incrementAndGet();
              rank.barrier();
              return arrived.get();
            });

    assertThat(seen).containsOnly(4);
  }

  @Test
  void mixesOperationsOfAllKinds() {
    List<String> results =
        onEach(
            ranks(3),
            rank -> {
              Tensor tensor = keep(tensor(DType.FLOAT32, filled(200_000, 1)));
              Collective.Handle handle = rank.allReduce(tensor);
              double[] count = {1};
              rank.allReduce(count);
              rank.barrier();
              handle.await();
              byte[] name = String.valueOf(rank.rank()).getBytes(StandardCharsets.US_ASCII);
              int names = rank.allGather(name).length;
              return content(tensor)[199_999] + " " + count[0] + " " + names;
            });

    assertThat(results).containsOnly("3.0 3.0 3");
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
  void aPeerThatDoesNotComeFailsTheOthersInBoundedTime() {
    Duration patience = Duration.ofMillis(300);
    assumeTrue(2 <= largestWorld(), "there are too few devices");
    List<Collective> ranks = keep(connect(2, patience));

    long start = System.nanoTime();
    Collective.Handle handle = ranks.get(0).allReduce(keep(tensor(DType.FLOAT32, filled(100, 1))));

    assertThatThrownBy(handle::await)
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("Rank 1")
        .hasMessageContaining("operation 0");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(patience.multipliedBy(20));
  }

  @Test
  void aPeerThatComesLateButInTimeIsAwaited() throws Exception {
    List<Collective> ranks = ranks(2);
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

  private List<Collective> ranks(int worldSize) {
    assumeTrue(worldSize <= largestWorld(), "there are too few devices");
    return keep(connect(worldSize, PATIENT));
  }

  private List<Collective> keep(List<? extends Collective> ranks) {
    opened.addAll(ranks);
    return List.copyOf(ranks);
  }

  /** Does the same on every rank at the same time; results in the order of ranks. */
  private <T> List<T> onEach(List<Collective> ranks, Function<Collective, T> work) {
    List<Future<T>> running =
        ranks.stream().map(rank -> threads.submit(() -> work.apply(rank))).toList();
    List<T> results = new ArrayList<>();
    for (Future<T> future : running) {
      try {
        results.add(future.get());
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError(e);
      }
    }
    return results;
  }

  private float[] allReduce(Collective rank, DType type, float[] values) {
    Tensor tensor = keep(tensor(type, values));
    rank.allReduce(tensor).await();
    return content(tensor);
  }

  /** Operations may still be writing when a test fails, so memory goes after the ranks. */
  private Tensor keep(Tensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  private static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }

  private static float[] values(int rank, int length) {
    Random random = new Random(rank);
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return values;
  }

  /** Within a rounding of each addition. */
  private void assertSums(DType type, int worldSize, float[] sums) {
    double[] exact = new double[sums.length];
    for (int rank = 0; rank < worldSize; rank++) {
      Tensor rounded = keep(tensor(type, values(rank, sums.length)));
      float[] values = content(rounded);
      for (int i = 0; i < values.length; i++) {
        exact[i] += values[i];
      }
    }
    double half = type == DType.BFLOAT16 ? 0x1p-9 : 0x1p-24;
    double tolerance = (worldSize - 1) * worldSize * half;
    for (int i = 0; i < sums.length; i++) {
      if (Math.abs(sums[i] - exact[i]) > tolerance) {
        assertThat((double) sums[i]).as("value " + i).isCloseTo(exact[i], within(tolerance));
      }
    }
  }

  private static byte[] block(int rank) {
    byte[] block = new byte[rank == 1 ? 0 : rank * 100_000 + 3];
    Arrays.fill(block, (byte) rank);
    return block;
  }
}
