package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.TcpRing;
import io.litoperator.worker.torch.Autograd;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Ranks that are threads of this process and talk by TCP. */
public final class RankThreads {
  private RankThreads() {}

  /** Does the same on every rank; the results are in the order of ranks. */
  public static <T> List<T> run(int worldSize, Function<Collective, T> work) {
    ExecutorService threads = Executors.newFixedThreadPool(worldSize);
    try {
      List<CompletableFuture<T>> ranks =
          connect(worldSize).stream()
              .map(rank -> CompletableFuture.supplyAsync(() -> run(rank, work), threads))
              .toList();
      return ranks.stream().map(CompletableFuture::join).toList();
    } finally {
      threads.shutdownNow();
    }
  }

  private static <T> T run(Collective rank, Function<Collective, T> work) {
    // Leaves recording off, which is on in a new thread.
    Autograd.recording(() -> null);
    try (rank) {
      return work.apply(rank);
    }
  }

  private static List<? extends Collective> connect(int worldSize) {
    return worldSize == 1
        ? List.of(new Alone())
        : TcpRing.connect(worldSize, Duration.ofSeconds(60));
  }
}
