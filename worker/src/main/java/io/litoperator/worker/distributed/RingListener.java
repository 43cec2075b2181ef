package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * The place where the previous rank of the ring will connect. It is opened before the ranks know of
 * each other, so that its address can be published; {@link #join} then closes the ring.
 *
 * <p>Both ends of a connection prove the job's secret. The listening side sends a challenge; the
 * connecting side answers with a challenge of its own and its proof; the listening side answers
 * with its proof. 32 bytes each. The statement proved names attempt and both ranks, so that a rank
 * of an earlier attempt, or in the wrong place, is turned away.
 */
public final class RingListener implements AutoCloseable {
  private final ServerSocketChannel channel;

  private RingListener(ServerSocketChannel channel) {
    this.channel = channel;
  }

  /** Listens on a free port of the given address. */
  public static RingListener open(InetAddress address) {
    try {
      ServerSocketChannel channel = ServerSocketChannel.open();
      channel.bind(new InetSocketAddress(address, 0));
      return new RingListener(channel);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.PEER_LOST, "Cannot listen on " + address + ": " + e.getMessage(), e);
    }
  }

  /** Where the previous rank is to connect. */
  public InetSocketAddress address() {
    return (InetSocketAddress) channel.socket().getLocalSocketAddress();
  }

  /**
   * Connects to the next rank and lets the previous one connect.
   *
   * @param rank this rank
   * @param ring the ranks' listeners, in the order of ranks
   * @param attempt ranks of another attempt are turned away
   * @param patience with a neighbour that is to connect, and later with one that takes part in an
   *     operation and moves no byte
   * @throws Failure with {@code PEER_LOST}, if a neighbour is not there or does not know the secret
   */
  public TcpCollective join(
      int rank, List<InetSocketAddress> ring, int attempt, Secret secret, Patience patience) {
    int worldSize = ring.size();
    int next = (rank + 1) % worldSize;
    int previous = Math.floorMod(rank - 1, worldSize);
    CompletableFuture<SocketChannel> accepted = new CompletableFuture<>();
    daemon(
        "ring-accept-" + rank,
        () -> accept(statement(attempt, previous, rank), previous, secret, patience, accepted));
    try {
      SocketChannel toNext =
          connect(ring.get(next), statement(attempt, rank, next), next, secret, patience.limit());
      return new TcpCollective(
          rank, worldSize, new Link(toNext, patience), new Link(accepted.join(), patience));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.PEER_LOST,
          "Rank %d cannot connect to rank %d at %s: %s."
              .formatted(rank, next, ring.get(next), e.getMessage()),
          e);
    } catch (CompletionException e) {
      throw e.getCause() instanceof Failure failure ? failure : e;
    }
  }

  private static String statement(int attempt, int from, int to) {
    return "ring attempt " + attempt + " from " + from + " to " + to;
  }

  private static SocketChannel connect(
      InetSocketAddress address, String statement, int next, Secret secret, Duration patience)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, Math.toIntExact(patience.toMillis()));
      byte[] accepting = read(channel, patience);
      byte[] connecting = Secret.challenge();
      write(channel, connecting);
      write(channel, secret.prove(statement + " connects", accepting, connecting));
      byte[] proof = read(channel, patience);
      if (!secret.accepts(proof, statement + " accepts", accepting, connecting)) {
        throw new RankLost(next, "it does not know the job's secret");
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Lets whoever connects prove the secret, all at the same time: a stranger that says nothing
   * keeps the neighbour out no more than a busy machine that lets it answer late. Returns when this
   * listener is closed, or the time is over.
   */
  private void accept(
      String statement,
      int previous,
      Secret secret,
      Patience patience,
      CompletableFuture<SocketChannel> neighbour) {
    long start = System.nanoTime();
    List<SocketChannel> candidates = new ArrayList<>();
    try {
      ServerSocket server = channel.socket();
      while (true) {
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        // A timeout of nothing would be none.
        long left = Math.max(1, patience.limit().minus(waited).toMillis());
        server.setSoTimeout(Math.toIntExact(left));
        SocketChannel candidate = server.accept().getChannel();
        candidates.add(candidate);
        daemon(
            "ring-proof",
            () -> judge(candidate, statement, secret, Duration.ofMillis(left), neighbour));
      }
    } catch (SocketTimeoutException e) {
      String late =
          "it did not connect and prove the job's secret in %d ms"
              .formatted(patience.limit().toMillis());
      neighbour.completeExceptionally(didNotJoin(previous, late, e));
    } catch (IOException e) {
      neighbour.completeExceptionally(didNotJoin(previous, e.getMessage(), e));
    }
    candidates.stream()
        .filter(candidate -> candidate != neighbour.exceptionally(e -> null).join())
        .forEach(RingListener::turnAway);
  }

  private static Failure didNotJoin(int rank, String why, IOException e) {
    return new Failure(
        ExitCode.PEER_LOST, "Rank %d did not join the ring: %s.".formatted(rank, why), e);
  }

  private static void judge(
      SocketChannel candidate,
      String statement,
      Secret secret,
      Duration patience,
      CompletableFuture<SocketChannel> neighbour) {
    try {
      byte[] accepting = Secret.challenge();
      write(candidate, accepting);
      byte[] connecting = read(candidate, patience);
      byte[] proof = read(candidate, patience);
      if (secret.accepts(proof, statement + " connects", accepting, connecting)) {
        write(candidate, secret.prove(statement + " accepts", accepting, connecting));
        if (neighbour.complete(candidate)) {
          return;
        }
      }
    } catch (IOException e) {
      // A stranger's, that hung up or said nothing.
    }
    turnAway(candidate);
  }

  private static void turnAway(SocketChannel candidate) {
    try {
      candidate.close();
    } catch (IOException e) {
      // It is gone, one way or the other.
    }
  }

  private static void daemon(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static byte[] read(SocketChannel channel, Duration patience) throws IOException {
    channel.socket().setSoTimeout(Math.toIntExact(patience.toMillis()));
    byte[] bytes = channel.socket().getInputStream().readNBytes(Secret.PROOF_BYTES);
    if (bytes.length < Secret.PROOF_BYTES) {
      throw new IOException("it turned this rank away");
    }
    return bytes;
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    channel.write(ByteBuffer.wrap(bytes));
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new Failure(ExitCode.PEER_LOST, "Closing the ring failed: " + e.getMessage(), e);
    }
  }
}
