package io.litoperator.worker.distributed;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Ranks of this process that talk by TCP. */
public final class TcpRing {
  static final Secret SECRET = Secret.random();

  private TcpRing() {}

  /**
   * In the order of ranks.
   *
   * @param patience with a peer, in joining and in every operation
   */
  public static List<TcpCollective> connect(int worldSize, Duration patience) {
    return connect(worldSize, new Patience(patience));
  }

  /** With ranks that share their patience. */
  static List<TcpCollective> connect(int worldSize, Patience patience) {
    List<RingListener> listeners =
        IntStream.range(0, worldSize)
            .mapToObj(rank -> RingListener.open(InetAddress.getLoopbackAddress()))
            .toList();
    List<InetSocketAddress> ring = listeners.stream().map(RingListener::address).toList();
    List<CompletableFuture<TcpCollective>> joining =
        IntStream.range(0, worldSize)
            .mapToObj(rank -> join(listeners.get(rank), rank, ring, patience))
            .toList();
    List<TcpCollective> ranks = joining.stream().map(CompletableFuture::join).toList();
    listeners.forEach(RingListener::close);
    return ranks;
  }

  static CompletableFuture<TcpCollective> join(
      RingListener listener, int rank, List<InetSocketAddress> ring, Patience patience) {
    return CompletableFuture.supplyAsync(
        () -> listener.join(rank, ring, 1, SECRET, patience), task -> new Thread(task).start());
  }
}
