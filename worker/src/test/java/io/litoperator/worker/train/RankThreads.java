package io.litoperator.worker.train;

import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.RingListener;
import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.torch.Autograd;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Ranks that are threads of this process and talk by TCP. */
final class RankThreads {
  private RankThreads() {}

  /** Does the same on every rank; the results are in the order of ranks. */
  static <T> List<T> run(int worldSize, Function<Collective, T> work) {
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

  private static List<Collective> connect(int worldSize) {
    if (worldSize == 1) {
      return List.of(new Alone());
    }
    Secret secret = Secret.random();
    List<RingListener> listeners =
        IntStream.range(0, worldSize)
            .mapToObj(rank -> RingListener.open(InetAddress.getLoopbackAddress()))
            .toList();
    List<InetSocketAddress> ring = listeners.stream().map(RingListener::address).toList();
    List<CompletableFuture<Collective>> joining =
        IntStream.range(0, worldSize)
            .mapToObj(
                rank ->
                    CompletableFuture.<Collective>supplyAsync(
                        () ->
                            listeners.get(rank).join(rank, ring, 1, secret, Duration.ofSeconds(60)),
                        task -> new Thread(task).start()))
            .toList();
    List<Collective> ranks = joining.stream().map(CompletableFuture::join).toList();
    listeners.forEach(RingListener::close);
    return ranks;
  }
}
