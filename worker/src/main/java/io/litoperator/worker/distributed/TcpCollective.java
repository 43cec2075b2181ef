package io.litoperator.worker.distributed;

import io.litoperator.worker.distributed.FrameHeader.Kind;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.torch.Tensor;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;

/**
 * Ranks in a ring over TCP. Each rank sends to the next and receives from the previous, on a thread
 * of its own for each, so that sums travel while the caller computes. Made by {@link
 * RingListener#join}.
 *
 * <p>Operations run one after the other in the order of their calls. The first fault ends the
 * collective: every operation under way and every later one fails with it, and the next rank is
 * told, so that all ranks name the rank that was lost and not their own neighbour.
 *
 * <p>A scattered and then gathered sum has the bits of the sum.
 */
public final class TcpCollective implements Collective {
  private static final long CLOSE_MILLIS = 1_000;

  private final int rank;
  private final int worldSize;
  private final Link toNext;
  private final Link fromPrevious;
  private final Thread sender;
  private final Thread receiver;

  private final Queue<Operation> toSend = new ArrayDeque<>();
  private final Queue<Operation> toReceive = new ArrayDeque<>();
  private final Deque<Operation> underWay = new ArrayDeque<>();
  private long submitted;
  private boolean closed;
  private Loss loss;

  /**
   * Why the collective has ended.
   *
   * @param rank the lost rank; this one if it gave up by itself
   */
  private record Loss(int rank, long sequence, Failure failure) {}

  /** What one of the two threads does with an operation. */
  private interface Half {
    void run(Operation operation) throws IOException;
  }

  TcpCollective(int rank, int worldSize, Link toNext, Link fromPrevious) {
    this.rank = rank;
    this.worldSize = worldSize;
    this.toNext = toNext;
    this.fromPrevious = fromPrevious;
    sender = daemon("send", this::sendAll);
    receiver = daemon("receive", this::receiveAll);
    sender.start();
    receiver.start();
  }

  private Thread daemon(String task, Runnable body) {
    Thread thread = new Thread(body, "ring-" + task + "-" + rank);
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int worldSize() {
    return worldSize;
  }

  @Override
  public synchronized long operations() {
    return submitted;
  }

  @Override
  public Handle allReduce(Tensor values) {
    return pass(Kind.ALL_REDUCE, values);
  }

  @Override
  public Handle reduceScatter(Tensor values) {
    requireParts(values, worldSize);
    return pass(Kind.REDUCE_SCATTER, values);
  }

  @Override
  public Handle allGather(Tensor values) {
    requireParts(values, worldSize);
    return pass(Kind.ALL_GATHER, values);
  }

  private Handle pass(Kind kind, Tensor values) {
    HostMemory memory = HostMemory.of(values);
    synchronized (this) {
      return submit(new RingPass(kind, memory, rank, worldSize, submitted));
    }
  }

  static void requireParts(Tensor values, int worldSize) {
    if (values.size() % worldSize != 0) {
      throw new IllegalArgumentException(
          values.size() + " values cannot be divided equally among " + worldSize + " ranks");
    }
  }

  @Override
  public Handle broadcast(Tensor values, int root) {
    HostMemory memory = HostMemory.of(values);
    synchronized (this) {
      return submit(new Broadcast(memory, root, rank, worldSize, submitted));
    }
  }

  @Override
  public void allReduce(double[] values) {
    ByteBuffer mine = ByteBuffer.allocate(values.length * Double.BYTES);
    mine.asDoubleBuffer().put(values);
    byte[][] blocks = allGather(mine.array());
    double[] sum = new double[values.length];
    for (int peer = 0; peer < worldSize; peer++) {
      requireSameLength(mine.capacity(), peer, blocks[peer].length);
      ByteBuffer theirs = ByteBuffer.wrap(blocks[peer]);
      for (int i = 0; i < sum.length; i++) {
        sum[i] += theirs.getDouble();
      }
    }
    System.arraycopy(sum, 0, values, 0, sum.length);
  }

  private void requireSameLength(int mine, int peer, int theirs) {
    if (theirs != mine) {
      throw new Failure(
          ExitCode.INTERNAL,
          "Ranks do different things: rank %d sums %d values, rank %d %d; this is a defect of the program."
              .formatted(rank, mine / Double.BYTES, peer, theirs / Double.BYTES));
    }
  }

  @Override
  public byte[][] allGather(byte[] mine) {
    Gather gather;
    synchronized (this) {
      gather = submit(new Gather(mine, rank, worldSize, submitted));
    }
    gather.await();
    return gather.blocks();
  }

  @Override
  public void barrier() {
    allGather(new byte[0]);
  }

  private <T extends Operation> T submit(T operation) {
    if (closed) {
      throw new IllegalStateException("The collective is closed");
    }
    submitted++;
    if (loss != null) {
      operation.fail(loss.failure());
      return operation;
    }
    while (!underWay.isEmpty() && underWay.peek().isDone()) {
      underWay.remove();
    }
    underWay.add(operation);
    toSend.add(operation);
    toReceive.add(operation);
    notifyAll();
    return operation;
  }

  private void sendAll() {
    FrameWriter out = new FrameWriter(toNext);
    boolean linkIntact =
        runAll(toSend, Math.floorMod(rank + 1, worldSize), operation -> operation.send(out));
    Loss end = loss();
    if (end != null && linkIntact) {
      try {
        out.loss(end.rank(), end.sequence());
      } catch (IOException e) {
        // The next rank is gone too; those after it learn that from the broken connection.
        fromPrevious.abandon();
      }
    }
  }

  private void receiveAll() {
    int previous = Math.floorMod(rank - 1, worldSize);
    FrameReader in = new FrameReader(fromPrevious, rank, previous);
    runAll(toReceive, previous, operation -> operation.receive(in));
  }

  /** Runs one half of every operation until the end; tells whether the connection still works. */
  private boolean runAll(Queue<Operation> queue, int neighbour, Half half) {
    Operation operation = null;
    try {
      while ((operation = take(queue)) != null) {
        half.run(operation);
        operation.endHalf();
      }
      return true;
    } catch (RankLost e) {
      lose(e.rank(), operation, e.getMessage(), e);
    } catch (SocketTimeoutException e) {
      lose(neighbour, operation, "it does not answer, " + e.getMessage(), e);
    } catch (IOException e) {
      lose(neighbour, operation, String.valueOf(e.getMessage()), e);
    } catch (Failure e) {
      end(new Loss(rank, operation.header().sequence(), e));
      return true;
    } catch (RuntimeException e) {
      String where = operation == null ? "" : " in " + operation.header().describe();
      end(new Loss(rank, -1, new Failure(ExitCode.INTERNAL, "Defect" + where + ": " + e, e)));
    }
    return false;
  }

  /** The next operation; null when there will be none. */
  private synchronized Operation take(Queue<Operation> queue) {
    while (queue.isEmpty() && !closed && loss == null) {
      try {
        wait();
      } catch (InterruptedException e) {
        throw new Failure(ExitCode.TERMINATED, "Interrupted between operations.", e);
      }
    }
    return loss == null ? queue.poll() : null;
  }

  private void lose(int lost, Operation operation, String how, Exception cause) {
    FrameHeader header = operation.header();
    String sentence = "Rank %d was lost in %s: %s.".formatted(lost, header.describe(), how);
    end(new Loss(lost, header.sequence(), new Failure(ExitCode.PEER_LOST, sentence, cause)));
  }

  /** Fails all operations with the first loss; later ones follow from it. */
  private synchronized void end(Loss reason) {
    if (loss != null) {
      return;
    }
    loss = reason;
    underWay.forEach(operation -> operation.fail(reason.failure()));
    fromPrevious.abandon();
    notifyAll();
  }

  private synchronized Loss loss() {
    return loss;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (!underWay.stream().allMatch(Operation::isDone)) {
        String sentence = "Rank %d left while operations were under way.".formatted(rank);
        end(new Loss(rank, submitted, new Failure(ExitCode.PEER_LOST, sentence)));
      }
      notifyAll();
    }
    try (toNext;
        fromPrevious) {
      sender.join(CLOSE_MILLIS);
      fromPrevious.abandon();
      receiver.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new Failure(ExitCode.PEER_LOST, "Closing the ring failed: " + e.getMessage(), e);
    }
  }
}
