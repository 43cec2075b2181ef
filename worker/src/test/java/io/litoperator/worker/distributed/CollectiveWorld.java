package io.litoperator.worker.distributed;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.litoperator.worker.Fixtures;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Program;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;

/**
 * A world whose ranks are threads of this process. One whose ranks need a device each runs what
 * fits into {@link #largestWorld}.
 */
@Timeout(60)
abstract class CollectiveWorld {
  private static final Duration PATIENT = Duration.ofSeconds(30);
  private static Program casts;

  private final List<Collective> opened = new ArrayList<>();
  private final Queue<Tensor> tensors = new ConcurrentLinkedQueue<>();
  final ExecutorService threads = Executors.newCachedThreadPool();

  @BeforeAll
  static void start() {
    Torch.start(1, Fixtures.device());
    casts = Program.load(CollectiveWorld.class, "Casts", Map.of());
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

  List<Collective> ranks(int worldSize) {
    assumeTrue(worldSize <= largestWorld(), "there are too few devices");
    return keep(connect(worldSize, PATIENT));
  }

  /** All of a world's, for what only a test that has all can see. */
  List<Collective> ranksOfThisProcess(int worldSize) {
    List<Collective> ranks = ranks(worldSize);
    assumeTrue(ranks.size() == worldSize, "the other ranks are other processes");
    return ranks;
  }

  List<Collective> keep(List<? extends Collective> ranks) {
    opened.addAll(ranks);
    return List.copyOf(ranks);
  }

  /** Does the same on every rank at the same time; results in the order of ranks. */
  <T> List<T> onEach(List<Collective> ranks, Function<Collective, T> work) {
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

  float[] allReduce(Collective rank, DType type, float[] values) {
    Tensor tensor = keep(tensor(type, values));
    rank.allReduce(tensor).await();
    return content(tensor);
  }

  /** Operations may still be writing when a test fails, so memory goes after the ranks. */
  Tensor keep(Tensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  static float[] filled(int length, float value) {
    float[] values = new float[length];
    Arrays.fill(values, value);
    return values;
  }
}
