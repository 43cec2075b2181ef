package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long the two sides of a handshake wait for each other. */
@Timeout(60)
class HandshakeTest {
  private final Secret secret = Secret.random();
  private final ServerSocket listener;

  HandshakeTest() throws IOException {
    listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void close() throws IOException {
    listener.close();
  }

  @Test
  void anAgentWaitsForARankAsLongAsRanksMayTakeToRegister() throws Exception {
    CompletableFuture<?> accepted;
    try (Socket rank = connect()) {
      Socket agent = listener.accept();
      accepted = CompletableFuture.runAsync(() -> accept(agent));
      assertThat(rank.getInputStream().read()).isEqualTo('{');

      assertThat(agent.getSoTimeout()).isEqualTo(Attempt.START_TIMEOUT.toMillis());
    }
    assertThat(accepted).failsWithin(Duration.ofSeconds(30));
  }

  private void accept(Socket rank) {
    try (JsonLines connection = new JsonLines(rank)) {
      Handshake.accept(connection, secret);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void anAgentThatHangsUpIsNamedAtOnce() throws Exception {
    CompletableFuture<RankLink> connecting =
        CompletableFuture.supplyAsync(() -> RankLink.connect(environment(), status -> {}));
    listener.accept().close();

    assertThatThrownBy(connecting::get)
        .hasMessageContaining("Rank 0 cannot register with its agent at")
        .hasMessageNotContaining("did not answer");
  }

  @Test
  void anAgentThatSaysNothingIsNamedAtLast() {
    assertThatThrownBy(() -> Introduction.of(environment(), Duration.ofMillis(50)))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.PEER_LOST))
        .hasMessageContaining("Rank 0 cannot register with its agent at")
        .hasMessageEndingWith(": it did not answer within 0.05 s.");
  }

  private RankEnvironment environment() {
    return new RankEnvironment(
        0, 1, listener.getInetAddress().getHostAddress(), listener.getLocalPort(), 7, secret);
  }

  private Socket connect() throws IOException {
    return new Socket(listener.getInetAddress(), listener.getLocalPort());
  }
}
