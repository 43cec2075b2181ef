package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.RingListener;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * How a rank makes itself known to the agent that started it.
 *
 * @param agent the connection, over which the agent says the rest
 * @param ringListener where other ranks find this one, as the agent tells them
 */
record Introduction(JsonLines agent, RingListener ringListener) {
  /**
   * @param patience with an agent that does not answer: of one that is gone, the connection is
   *     refused or ends
   * @throws Failure with {@code INVALID} if the rank's address is none of this machine's, with
   *     {@code PEER_LOST} if the agent is not there or does not know the secret
   */
  static Introduction of(RankEnvironment environment, Duration patience) {
    int timeoutMillis = Math.toIntExact(patience.toMillis());
    InetSocketAddress master =
        new InetSocketAddress(environment.masterAddress(), environment.masterPort());
    RingListener listener = RingListener.open(ownAddress(environment));
    Socket socket = new Socket();
    try {
      socket.connect(master, timeoutMillis);
      JsonLines agent = new JsonLines(socket);
      Handshake.register(
          agent, registration(environment, listener), environment.secret(), timeoutMillis);
      return new Introduction(agent, listener);
    } catch (IOException e) {
      listener.close();
      closeAfter(e, socket);
      throw new Failure(
          ExitCode.PEER_LOST,
          "Rank %d cannot register with its agent at %s: %s."
              .formatted(environment.rank(), master, reason(e, patience)),
          e);
    }
  }

  private static String reason(IOException e, Duration patience) {
    return e instanceof SocketTimeoutException
        ? "it did not answer within %s s".formatted(patience.toMillis() / 1e3)
        : e.getMessage();
  }

  private static InetAddress ownAddress(RankEnvironment environment) {
    try {
      return InetAddress.getByName(environment.ownAddress());
    } catch (UnknownHostException e) {
      throw new Failure(
          ExitCode.INVALID,
          "Environment variable LIT_ADDRESS is '%s', which is not an address of this machine."
              .formatted(environment.ownAddress()),
          e);
    }
  }

  private static Registration.Rank registration(
      RankEnvironment environment, RingListener listener) {
    InetSocketAddress ring = listener.address();
    return new Registration.Rank(
        environment.rank(),
        environment.attempt(),
        ProcessHandle.current().pid(),
        ring.getAddress().getHostAddress() + ":" + ring.getPort());
  }

  private static void closeAfter(IOException fault, Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      fault.addSuppressed(e);
    }
  }
}
