package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@link Collective} must do; ranks are threads of this process. */
@Timeout(60)
abstract class CollectiveContract {
  private static final Duration PATIENT = Duration.ofSeconds(30);

  private final List<Collective> opened = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** Connects the ranks of a world, in their order. */
  abstract List<? extends Collective> connect(int worldSize, Duration patience);

  @AfterEach
  void close() {
    opened.forEach(Collective::close);
    threads.shutdownNow();
  }

  @ParameterizedTest(name = "{0} ranks, {1} values")
  @CsvSource({
    "1, 0",
    "1, 7",
    "2, 0",
    "2, 1",
    "2, 7",
    "2, 1000000",
    "3, 1",
    "3, 7",
    "3, 1000000",
    "4, 65537",
    "5, 4",
    "8, 0",
    "8, 7",
    "8, 1000000"
  })
  void sumsBuffersToTheSameBitsEverywhere(int worldSize, int length) {
    List<Collective> ranks = ranks(worldSize);

    List<float[]> results = onEach(ranks, rank -> allReduce(rank, values(rank.rank(), length)));

    for (float[] result : results) {
      assertThat(result).isEqualTo(results.get(0));
    }
    double[] expected = exactSum(worldSize, length);
    for (int i = 0; i < length; i++) {
      assertThat((double) results.get(0)[i]).isCloseTo(expected[i], withinRounding(worldSize));
    }
  }

  @Test
  void completesManyOperationsInOrderWithoutWaitingInBetween() {
    int operations = 100;
    List<List<float[]>> results =
        onEach(
            ranks(3),
            rank -> {
              List<FloatBuffer> buffers = new ArrayList<>();
              List<Collective.Handle> handles = new ArrayList<>();
              for (int i = 0; i < operations; i++) {
                FloatBuffer buffer = direct(filled(i * 10, i + rank.rank()));
                buffers.add(buffer);
                handles.add(rank.allReduce(buffer));
              }
              handles.get(operations - 1).await();
              return buffers.stream().map(CollectiveContract::content).toList();
            });

    for (List<float[]> buffers : results) {
      for (int i = 0; i < operations; i++) {
        assertThat(buffers.get(i)).isEqualTo(filled(i * 10, 3 * i + 3));
      }
    }
  }

  @Test
  void sumsOnlyThePartOfTheBufferThatIsGiven() {
    List<float[]> results =
        onEach(
            ranks(2),
            rank -> {
              FloatBuffer whole = direct(new float[] {1, 2, 3, 4});
              rank.allReduce(whole.slice(1, 2)).await();
              return content(whole);
            });

    assertThat(results).allSatisfy(r -> assertThat(r).isEqualTo(new float[] {1, 4, 6, 4}));
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
              FloatBuffer buffer = direct(filled(200_000, 1));
              Collective.Handle handle = rank.allReduce(buffer);
              double[] count = {1};
              rank.allReduce(count);
              rank.barrier();
              handle.await();
              byte[] name = String.valueOf(rank.rank()).getBytes(StandardCharsets.US_ASCII);
              int names = rank.allGather(name).length;
              return buffer.get(199_999) + " " + count[0] + " " + names;
            });

    assertThat(results).containsOnly("3.0 3.0 3");
  }

  @Test
  void everyRankNamesThePeerThatDiedMidway() {
    List<Collective> ranks = ranks(4);
    onEach(ranks, rank -> allReduce(rank, filled(10, 1)));

    List<Failure> failures =
        onEach(
            ranks,
            rank -> {
              if (rank.rank() == 2) {
                rank.close();
                return null;
              }
              Collective.Handle first = rank.allReduce(direct(filled(1_000_000, 1)));
              Collective.Handle second = rank.allReduce(direct(filled(10, 1)));
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
    List<Collective> ranks = keep(connect(2, patience));

    long start = System.nanoTime();
    Collective.Handle handle = ranks.get(0).allReduce(direct(filled(100, 1)));

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
              FloatBuffer buffer = direct(filled(300_000, 1));
              Collective.Handle handle = ranks.get(0).allReduce(buffer);
              firstIsWaiting.countDown();
              handle.await();
              return content(buffer);
            });
    assertThat(firstIsWaiting.await(10, TimeUnit.SECONDS)).isTrue();

    float[] late = allReduce(ranks.get(1), filled(300_000, 2));

    assertThat(early.get()).isEqualTo(late).isEqualTo(filled(300_000, 3));
  }

  @Test
  void ranksThatSumDifferentLengthsAreToldSo() {
    List<Failure> failures =
        onEach(
            ranks(2),
            rank ->
                catchThrowableOfType(
                    Failure.class, () -> allReduce(rank, filled(10 + rank.rank(), 1))));

    assertThat(failures).doesNotContainNull();
    assertThat(failures)
        .anySatisfy(
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
              assertThat(failure)
                  .hasMessageContaining("10 values")
                  .hasMessageContaining("11 values");
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
                        allReduce(rank, filled(10, 1));
                      }
                    }));

    assertThat(failures).anySatisfy(f -> assertThat(f).hasMessageContaining("do different things"));
  }

  private List<Collective> ranks(int worldSize) {
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

  private static float[] allReduce(Collective rank, float[] values) {
    FloatBuffer buffer = direct(values);
    rank.allReduce(buffer).await();
    return content(buffer);
  }

  private static FloatBuffer direct(float[] values) {
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(values.length * Float.BYTES)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer();
    return buffer.put(values).rewind();
  }

  private static float[] content(FloatBuffer buffer) {
    float[] values = new float[buffer.limit()];
    buffer.get(0, values);
    return values;
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

  private static double[] exactSum(int worldSize, int length) {
    double[] sum = new double[length];
    for (int rank = 0; rank < worldSize; rank++) {
      float[] values = values(rank, length);
      for (int i = 0; i < length; i++) {
        sum[i] += values[i];
      }
    }
    return sum;
  }

  private static Offset<Double> withinRounding(int worldSize) {
    return Offset.offset(worldSize * 0.5 * Math.ulp((float) worldSize));
  }

  private static byte[] block(int rank) {
    byte[] block = new byte[rank == 1 ? 0 : rank * 100_000 + 3];
    Arrays.fill(block, (byte) rank);
    return block;
  }
}
