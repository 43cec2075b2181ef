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
import org.junit.jupiter.api.Test;

class TcpCollectiveTest extends CollectiveContract {
  @Override
  List<TcpCollective> connect(int worldSize, Duration patience) {
    return TcpRing.connect(worldSize, patience);
  }

  @Test
  void aRankWithAnotherSecretIsTurnedAway() {
    assertThatThrownBy(() -> joinTwo(Secret.random(), 1))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.PEER_LOST));
  }

  @Test
  void aRankOfAnotherAttemptIsTurnedAway() {
    assertThatThrownBy(() -> joinTwo(TcpRing.SECRET, 2))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("turned this rank away");
  }

  private static void joinTwo(Secret secretOfSecond, int attemptOfSecond) {
    Duration patience = Duration.ofSeconds(2);
    try (RingListener first = RingListener.open(InetAddress.getLoopbackAddress());
        RingListener second = RingListener.open(InetAddress.getLoopbackAddress())) {
      List<InetSocketAddress> ring = List.of(first.address(), second.address());
      CompletableFuture<TcpCollective> other = TcpRing.join(first, 0, ring, new Patience(patience));
      try {
        second.join(1, ring, attemptOfSecond, secretOfSecond, new Patience(patience));
      } finally {
        assertThat(other).failsWithin(Duration.ofSeconds(30));
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
          listener.join(
              0,
              List.of(listener.address()),
              1,
              TcpRing.SECRET,
              new Patience(Duration.ofSeconds(10)))) {
        alone.barrier();
        assertThat(alone.worldSize()).isEqualTo(1);
      }
    }
  }

  /** On a busy machine that may be long after it has connected. */
  @Test
  void aNeighbourMayProveAfterOthersHaveConnected() throws Exception {
    RingListener second = RingListener.open(InetAddress.getLoopbackAddress());
    CompletableFuture<TcpCollective> joining;
    try (second;
        RingListener listener = RingListener.open(InetAddress.getLoopbackAddress());
        Socket late = connect(listener)) {
      List<InetSocketAddress> ring = List.of(listener.address(), second.address());
      joining = TcpRing.join(listener, 0, ring, new Patience(Duration.ofSeconds(30)));
      byte[] accepting = late.getInputStream().readNBytes(Secret.PROOF_BYTES);
      try (Socket stranger = connect(listener)) {
        assertThat(stranger.getInputStream().readNBytes(Secret.PROOF_BYTES)).hasSize(32);
      }

      byte[] connecting = Secret.challenge();
      String statement = "ring attempt 1 from 1 to 0";
      late.getOutputStream().write(connecting);
      late.getOutputStream()
          .write(TcpRing.SECRET.prove(statement + " connects", accepting, connecting));

      byte[] proof = late.getInputStream().readNBytes(Secret.PROOF_BYTES);
      assertThat(TcpRing.SECRET.accepts(proof, statement + " accepts", accepting, connecting))
          .isTrue();
    }
    assertThat(joining).failsWithin(Duration.ofSeconds(30));
  }

  /** It lets the first in, and waits for somebody else in the first's place. */
  @Test
  void aNeighbourThatDoesNotComeIsNamed() throws IOException {
    try (RingListener first = RingListener.open(InetAddress.getLoopbackAddress());
        RingListener second = RingListener.open(InetAddress.getLoopbackAddress());
        RingListener silent = RingListener.open(InetAddress.getLoopbackAddress())) {
      TcpRing.join(
          second,
          1,
          List.of(silent.address(), second.address()),
          new Patience(Duration.ofSeconds(30)));
      List<InetSocketAddress> ring = List.of(first.address(), second.address());

      assertThatThrownBy(
              () -> first.join(0, ring, 1, TcpRing.SECRET, new Patience(Duration.ofSeconds(2))))
          .isInstanceOf(Failure.class)
          .hasMessage(
              "Rank 1 did not join the ring: it did not connect and prove the job's secret in 2000 ms.");
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
