package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/**
 * Where ranks and other nodes' agents register, over all attempts. Each connection has a thread
 * that only reads.
 */
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

  /** On the loopback address. */
  static Rendezvous open(int port, Secret secret, Consumer<Happening> inbox) {
    return open(InetAddress.getLoopbackAddress(), port, secret, inbox);
  }

  /**
   * @param port 0 takes any free one
   * @throws Failure with {@code INVALID} if the port is taken or the address is not this machine's
   */
  static Rendezvous open(InetAddress address, int port, Secret secret, Consumer<Happening> inbox) {
    try {
      ServerSocket server = new ServerSocket();
      // A coordinator that takes another's place must not wait for that one's last connections.
      server.setReuseAddress(true);
      bind(server, new InetSocketAddress(address, port));
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

  private static void bind(ServerSocket server, InetSocketAddress address) throws IOException {
    try {
      server.bind(address, BACKLOG);
    } catch (IOException e) {
      server.close();
      throw e;
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
        daemon("connection", () -> receiveAll(socket));
      } catch (IOException e) {
        // The server was closed, which ends the loop, or one client hung up before it was accepted.
      }
    }
  }

  private void receiveAll(Socket socket) {
    try (JsonLines connection = new JsonLines(socket)) {
      Registration who = Handshake.accept(connection, secret);
      if (who instanceof Registration.Rank rank) {
        receiveAll(rank, connection);
      } else if (who instanceof Registration.Agent agent) {
        receiveAll(agent, connection);
      }
    } catch (IOException e) {
      // A stranger was turned away, or one has ended of whom the supervisor knows by now.
    }
  }

  private void receiveAll(Registration.Rank who, JsonLines rank) throws IOException {
    inbox.accept(new Happening.Registered(who, rank));
    try {
      while (true) {
        RankMessage message = rank.read(RankMessage.class, MAX_MESSAGE_BYTES);
        inbox.accept(new Happening.Said(who.attempt(), who.rank(), message));
      }
    } finally {
      inbox.accept(new Happening.HungUp(who.attempt(), who.rank()));
    }
  }

  @SuppressWarnings("try") // The keep-alive does its work by being there.
  private void receiveAll(Registration.Agent who, JsonLines agent) throws IOException {
    try (KeepAlive keepAlive = KeepAlive.start(agent, new NodeOrder.Alive())) {
      inbox.accept(new Happening.NodeRegistered(who, agent));
      while (true) {
        NodeMessage message = agent.read(NodeMessage.class, MAX_MESSAGE_BYTES);
        if (message instanceof NodeMessage.Exited exited) {
          inbox.accept(new Happening.Exited(exited.attempt(), exited.rank(), exited.exit()));
        } else if (message instanceof NodeMessage.WishesToLeave) {
          inbox.accept(new Happening.NodeWishesToLeave(agent));
        }
      }
    } finally {
      inbox.accept(new Happening.NodeHungUp(agent));
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
