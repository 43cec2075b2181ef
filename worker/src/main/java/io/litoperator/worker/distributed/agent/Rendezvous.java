package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** Where ranks register, over all attempts. Each connection has a thread that only reads. */
final class Rendezvous implements AutoCloseable {
  /** Room for the stacks of a process with thousands of threads. */
  private static final int MAX_MESSAGE_BYTES = 16 << 20;

  private static final int BACKLOG = 64;

  private final ServerSocket server;
  private final Secret secret;
  private final Consumer<Happening> inbox;

  private Rendezvous(ServerSocket server, Secret secret, Consumer<Happening> inbox) {
    this.server = server;
    this.secret = secret;
    this.inbox = inbox;
  }

  /**
   * @param port on the loopback address; 0 takes any free one
   * @throws Failure with {@code INVALID} if the port is taken
   */
  static Rendezvous open(int port, Secret secret, Consumer<Happening> inbox) {
    try {
      ServerSocket server = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
      Rendezvous rendezvous = new Rendezvous(server, secret, inbox);
      daemon("rendezvous", rendezvous::acceptAll);
      return rendezvous;
    } catch (BindException e) {
      throw new Failure(
          ExitCode.INVALID,
          "Port %d is taken by another program; end that, or choose another port (0 takes any free one)."
              .formatted(port),
          e);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.INTERNAL, "Cannot listen on port " + port + ": " + e.getMessage(), e);
    }
  }

  String address() {
    return server.getInetAddress().getHostAddress();
  }

  int port() {
    return server.getLocalPort();
  }

  private void acceptAll() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        daemon("rank-connection", () -> receiveAll(socket));
      } catch (IOException e) {
        // The server was closed, which ends the loop, or one client hung up before it was accepted.
      }
    }
  }

  private void receiveAll(Socket socket) {
    try (JsonLines rank = new JsonLines(socket)) {
      Handshake.Registration who = Handshake.accept(rank, secret);
      inbox.accept(new Happening.Registered(who, rank));
      try {
        while (true) {
          RankMessage message = rank.read(RankMessage.class, MAX_MESSAGE_BYTES);
          inbox.accept(new Happening.Said(who.attempt(), who.rank(), message));
        }
      } finally {
        inbox.accept(new Happening.HungUp(who.attempt(), who.rank()));
      }
    } catch (IOException e) {
      // A stranger was turned away, or a rank has ended, of which the supervisor now knows.
    }
  }

  private static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.INTERNAL, "Closing port " + port() + " failed: " + e.getMessage(), e);
    }
  }
}
