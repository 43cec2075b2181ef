package io.litoperator.controlplane;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Where a server listens. */
public record Endpoint(String address, int port) {

  /** A free port of the loopback interface. */
  public static Endpoint onLoopback() {
    return new Endpoint("127.0.0.1", freePort());
  }

  public String url() {
    return "https://" + address + ":" + port;
  }

  /** A port of the loopback interface that nothing listens at just now. */
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No port is free.", e);
    }
  }
}
