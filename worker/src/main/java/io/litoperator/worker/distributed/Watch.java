package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Communicator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that watches the operations of a communicator: it learns what is done, asks for errors,
 * and ends the communicator once an operation takes longer than the patience, or it is closed. What
 * ends it may wait for other ranks, so whoever else uses this shares no lock with the thread.
 */
final class Watch {
  private static final long POLL_NANOS = 50_000_000;

  /** How long closing waits for the other ranks to close as well. */
  private static final long CLOSE_MILLIS = 5_000;

  private final Collective host;
  private final Patience patience;
  private final Communicator gpus;
  private final Queue<Underway> operations = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Failure> failure = new AtomicReference<>();
  private final Thread thread;
  private volatile boolean closed;

  /** An operation that the GPU has not done yet, as far as is known. */
  static final class Underway {
    private final String name;
    private final Communicator.Operation operation;
    private volatile boolean done;

    /** When it came to be the first that is not done; known to the thread that watches. */
    private long firstSinceNanos;

    Underway(String name, Communicator.Operation operation) {
      this.name = name;
      this.operation = operation;
    }

    /** Whether nobody asks for it any more. */
    boolean isDone() {
      return done;
    }

    Communicator.Operation operation() {
      return operation;
    }
  }

  /**
   * @param host that a rank may wait in for ranks that hang; closed once the communicator fails
   */
  Watch(Collective host, Patience patience, Communicator gpus) {
    this.host = host;
    this.patience = patience;
    this.gpus = gpus;
    thread = new Thread(this::run, "nccl-watch-" + host.rank());
    thread.setDaemon(true);
    thread.start();
  }

  static Failure failure(int rank, String operation, Communicator.Fault fault) {
    return new Failure(
        fault.isOwnGpu() ? ExitCode.ACCELERATOR : ExitCode.PEER_LOST,
        "Rank %d failed in NCCL's %s: %s. NCCL_DEBUG=INFO in the ranks' environment makes NCCL tell more in their logs."
            .formatted(rank, operation, fault.getMessage()));
  }

  void add(Underway operation) {
    operations.add(operation);
  }

  /**
   * @throws Failure with the first reason, if anything has failed: another each time, as one that
   *     closes what it used while it is thrown may meet the next
   */
  void requireIntact() {
    Failure first = failure.get();
    if (first != null) {
      throw new Failure(first.exitCode(), first.getMessage(), first);
    }
  }

  /** Has the communicator ended. Returns the first reason: this one, unless there was another. */
  Failure fail(String operation, Communicator.Fault fault) {
    return fail(failure(host.rank(), operation, fault));
  }

  private Failure fail(Failure reason) {
    boolean first = failure.compareAndSet(null, reason);
    if (!first && failure.get() != reason) {
      failure.get().addSuppressed(reason);
    }
    LockSupport.unpark(thread);
    return failure.get();
  }

  private void run() {
    try {
      gpus.attach();
      while (!closed && failure.get() == null) {
        look();
        LockSupport.parkNanos(POLL_NANOS);
      }
      if (failure.get() == null) {
        look();
      }
    } catch (Communicator.Fault e) {
      fail(current(), e);
    } catch (RuntimeException e) {
      fail(Failure.of(e));
    }
    end();
  }

  /** Learns what is done, and whether what is not takes too long. */
  private void look() throws Communicator.Fault {
    while (!operations.isEmpty() && operations.peek().operation.isDone()) {
      operations.remove().done = true;
    }
    gpus.fault();
    Underway first = operations.peek();
    if (first == null) {
      return;
    }
    if (first.firstSinceNanos == 0) {
      first.firstSinceNanos = System.nanoTime();
    }
    if (patience.left(first.firstSinceNanos).isNegative()) {
      throw new Communicator.Fault("it took longer than " + patience.limit().toSeconds() + " s");
    }
  }

  private String current() {
    Underway first = operations.peek();
    return first == null ? "communicator" : first.name;
  }

  /**
   * Leaves in peace, or makes kernels that wait for other ranks return, so that this process can;
   * its other thread may wait for one of the host's operations.
   */
  private void end() {
    try {
      if (failure.get() == null && operations.isEmpty()) {
        gpus.leave();
      } else {
        closeHost();
        gpus.abort();
      }
    } catch (Communicator.Fault e) {
      fail("closing", e);
    }
  }

  private void closeHost() {
    try {
      host.close();
    } catch (Failure e) {
      fail(e);
    }
  }

  /**
   * Leaves the communicator when all ranks do; waits for them, but not for long, and not at all
   * once it has failed.
   *
   * @return whether it had not
   * @throws Failure if leaving fails
   */
  boolean close() {
    closed = true;
    if (failure.get() != null) {
      return false;
    }
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    requireIntact();
    return true;
  }
}
