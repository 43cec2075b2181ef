package io.litoperator.worker.preflight;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where the first node waits for the others.
 *
 * @param host name or address of the first node, on the network that is to be used
 */
public record Coordinator(String host, int port) {
  /** As jobs on Kubernetes have it. */
  public static final int DEFAULT_PORT = 29400;

  private static final int LAST_PORT = 65_535;
  private static final Duration PAUSE = Duration.ofMillis(200);

  /**
   * @param text {@code HOST[:PORT]}
   * @throws Failure {@code INVALID} if it is something else
   */
  public static Coordinator parse(String text) {
    try {
      URI place = new URI("lit://" + text).parseServerAuthority();
      int port = place.getPort() == -1 ? DEFAULT_PORT : place.getPort();
      if (place.getUserInfo() == null
          && place.getAuthority().equals(text)
          && port >= 1
          && port <= LAST_PORT) {
        return new Coordinator(place.getHost(), port);
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new Failure(
        ExitCode.INVALID, "--coordinator must be HOST or HOST:PORT, not '%s'.".formatted(text));
  }

  /**
   * The first node's own address.
   *
   * @param patience with a name that leads nowhere yet
   * @throws Failure {@code INVALID} if this is another machine
   */
  InetAddress here(Duration patience) {
    InetAddress address = resolve(patience);
    try (ServerSocket probe = new ServerSocket()) {
      probe.bind(new InetSocketAddress(address, 0));
      return address;
    } catch (BindException e) {
      throw new Failure(
          ExitCode.INVALID,
          "--coordinator must name this machine, as it is node 0; %s is %s, which is another one."
              .formatted(host, address.getHostAddress()),
          e);
    } catch (IOException e) {
      throw new Failure(ExitCode.INTERNAL, "Cannot listen on " + address + ": " + e.getMessage());
    }
  }

  /** Another node's own address on the way there; nothing is sent. */
  InetAddress reachedFrom(Duration patience) {
    InetAddress address = resolve(patience);
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(new InetSocketAddress(address, port));
      return socket.getLocalAddress();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.PEER_LOST,
          "No network leads to the first node, %s (%s): %s."
              .formatted(host, address.getHostAddress(), e.getMessage()),
          e);
    }
  }

  private InetAddress resolve(Duration patience) {
    long start = System.nanoTime();
    while (true) {
      try {
        return InetAddress.getByName(host);
      } catch (UnknownHostException e) {
        if (System.nanoTime() - start > patience.toNanos()) {
          throw new Failure(
              ExitCode.PEER_LOST,
              "The first node's name, %s, was unknown for %d s; see that it was started, and that --coordinator has its name."
                  .formatted(host, patience.toSeconds()),
              e);
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted while a name was looked up.", e);
    }
  }
}
