package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every implementation of {@link Collective} must compute. */
abstract class CollectiveContract extends PeerContract {
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
                      case 2 -> rank.reduceScatter(tensor);
                      default -> rank.allReduce(tensor);
                    });
              }
              handles.get(operations - 1).await();
              return tensors.stream().map(this::content).toList();
            });

    for (int rank = 0; rank < 3; rank++) {
      for (int i = 0; i < operations; i++) {
        float[] all = results.get(rank).get(i);
        float[] result =
            i % 4 == 2 ? Arrays.copyOfRange(all, rank * i * 4, (rank + 1) * i * 4) : all;
        float[] expected =
            switch (i % 4) {
              case 0 -> filled(i * 12, i % 50 + i % 3);
              case 1 -> rising(i * 4, i % 50);
              case 2 -> filled(i * 4, 3 * (i % 50) + 3);
              default -> filled(i * 12, 3 * (i % 50) + 3);
            };
        assertThat(result).as("operation " + i).isEqualTo(expected);
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
    List<long[]> stays =
        onEach(
            ranks(4),
            rank -> {
              long came = System.nanoTime();
              rank.barrier();
              return new long[] {came, System.nanoTime()};
            });

    long last = stays.stream().mapToLong(stay -> stay[0]).max().orElseThrow();
    assertThat(stays)
        .hasSize(4)
        .allSatisfy(stay -> assertThat(stay[1]).isGreaterThanOrEqualTo(last));
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
