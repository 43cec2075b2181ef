package io.litoperator.worker.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TcpCollectiveTest extends CollectiveContract {
  private static final Secret SECRET = Secret.random();

  @Override
  List<TcpCollective> connect(int worldSize, Duration patience) {
    List<RingListener> listeners =
        IntStream.range(0, worldSize)
            .mapToObj(rank -> RingListener.open(InetAddress.getLoopbackAddress()))
            .toList();
    List<InetSocketAddress> ring = listeners.stream().map(RingListener::address).toList();
    List<CompletableFuture<TcpCollective>> joining =
        IntStream.range(0, worldSize)
            .mapToObj(rank -> join(listeners.get(rank), rank, ring, 1, SECRET, patience))
            .toList();
    List<TcpCollective> ranks = joining.stream().map(CompletableFuture::join).toList();
    listeners.forEach(RingListener::close);
    return ranks;
  }

  private static CompletableFuture<TcpCollective> join(
      RingListener listener,
      int rank,
      List<InetSocketAddress> ring,
      int attempt,
      Secret secret,
      Duration patience) {
    return CompletableFuture.supplyAsync(
        () -> listener.join(rank, ring, attempt, secret, patience),
        task -> new Thread(task).start());
  }

  @Test
  void aRankWithAnotherSecretIsTurnedAway() {
    assertThatThrownBy(() -> joinTwo(Secret.random(), 1))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST));
  }

  @Test
  void aRankOfAnotherAttemptIsTurnedAway() {
    assertThatThrownBy(() -> joinTwo(SECRET, 2))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("turned this rank away");
  }

  private static void joinTwo(Secret secretOfSecond, int attemptOfSecond) {
    Duration patience = Duration.ofSeconds(1);
    try (RingListener first = RingListener.open(InetAddress.getLoopbackAddress());
        RingListener second = RingListener.open(InetAddress.getLoopbackAddress())) {
      List<InetSocketAddress> ring = List.of(first.address(), second.address());
      CompletableFuture<TcpCollective> other = join(first, 0, ring, 1, SECRET, patience);
      try {
        second.join(1, ring, attemptOfSecond, secretOfSecond, patience);
      } finally {
        assertThat(other).failsWithin(patience.multipliedBy(5));
      }
    }
  }

  @Test
  void strangersDoNotKeepTheNeighbourOut() throws IOException {
    try (RingListener listener = RingListener.open(InetAddress.getLoopbackAddress());
        Socket talksNonsense = connect(listener)) {
      connect(listener).close();
      talksNonsense.getOutputStream().write(new byte[64]);

      try (Collective alone =
          listener.join(0, List.of(listener.address()), 1, SECRET, Duration.ofSeconds(10))) {
        alone.barrier();
        assertThat(alone.worldSize()).isEqualTo(1);
      }
    }
  }

  private static Socket connect(RingListener listener) throws IOException {
    return new Socket(listener.address().getAddress(), listener.address().getPort());
  }

  @Test
  void closingTwiceIsHarmlessAndLaterCallsAreRefused() {
    TcpCollective rank = connect(1, Duration.ofSeconds(1)).get(0);
    rank.close();
    rank.close();

    assertThatThrownBy(rank::barrier).isInstanceOf(IllegalStateException.class);
  }
}
