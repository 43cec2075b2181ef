package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.Nccl;
import io.litoperator.worker.gpu.Stream;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;

/**
 * Ranks with a GPU each, whose tensors NCCL sums and moves on a stream of its own beside torch's;
 * host values go by another collective, which also carries NCCL's id. Used by one thread.
 *
 * <p>A second thread watches the operations: it asks NCCL for errors, and ends a communicator in
 * which an operation takes longer than the patience. From then on every call fails with the first
 * reason. Sums are the same bits on all ranks; whether a scattered and then gathered sum has the
 * bits of the sum is up to the algorithms that NCCL chooses.
 */
public final class NcclCollective implements Collective {
  private static final long POLL_MILLIS = 50;

  private final Collective host;
  private final Patience patience;
  private final int device;
  private final Nccl nccl;
  private final Stream stream;
  private final Deque<Underway> underWay = new ArrayDeque<>();
  private final Thread watcher;
  private long begun;
  private boolean closed;
  private Failure failure;

  /** An operation that the GPU has not done yet, as far as is known. */
  private record Underway(String name, Stream.Event done, long[] headSince) {}

  private interface Call {
    void on(Stream stream) throws Nccl.Fault;
  }

  private NcclCollective(Collective host, Patience patience, int device, Nccl nccl, Stream stream) {
    this.host = host;
    this.patience = patience;
    this.device = device;
    this.nccl = nccl;
    this.stream = stream;
    watcher = new Thread(this::watch, "nccl-watch-" + host.rank());
    watcher.setDaemon(true);
    watcher.start();
  }

  /**
   * Joins the ranks of another collective, which it takes over.
   *
   * @param device this rank's GPU; torch must have been started on it
   * @param patience with an operation, and with ranks that are yet to join
   * @throws Failure {@code ACCELERATOR} if CUDA or NCCL cannot be loaded, {@code PEER_LOST} if the
   *     ranks do not find together
   */
  public static NcclCollective join(Collective host, int device, Patience patience) {
    return Cuda.loading(
        () -> {
          Cuda.select(device);
          try {
            byte[] id = host.allGather(host.rank() == 0 ? Nccl.uniqueId() : new byte[0])[0];
            Nccl nccl = Nccl.join(id, host.rank(), host.worldSize(), patience.limit());
            return new NcclCollective(host, patience, device, nccl, Stream.create());
          } catch (Nccl.Fault e) {
            throw failure(host.rank(), "joining " + host.worldSize() + " ranks", e.getMessage());
          }
        });
  }

  private static Failure failure(int rank, String operation, String reason) {
    return new Failure(
        ExitCode.PEER_LOST,
        "Rank %d failed in NCCL's %s: %s. NCCL_DEBUG=INFO in the ranks' environment makes NCCL tell more in their logs."
            .formatted(rank, operation, reason));
  }

  @Override
  public int rank() {
    return host.rank();
  }

  @Override
  public int worldSize() {
    return host.worldSize();
  }

  @Override
  public synchronized Handle allReduce(Tensor values) {
    return submit("sum", values, s -> nccl.allReduce(values, s));
  }

  @Override
  public synchronized Handle reduceScatter(Tensor values) {
    TcpCollective.requireParts(values, worldSize());
    return submit("scattered sum", values, s -> nccl.reduceScatter(values, s));
  }

  @Override
  public synchronized Handle allGather(Tensor values) {
    TcpCollective.requireParts(values, worldSize());
    return submit("gathering", values, s -> nccl.allGather(values, s));
  }

  @Override
  public synchronized Handle broadcast(Tensor values, int root) {
    return submit("broadcast from rank " + root, values, s -> nccl.broadcast(values, root, s));
  }

  private Handle submit(String what, Tensor values, Call call) {
    if (closed) {
      throw new IllegalStateException("The collective is closed");
    }
    String name =
        String.format(
            Locale.ROOT,
            "%s of %,d %s values (operation %d)",
            what,
            values.size(),
            values.dtype() == DType.BFLOAT16 ? "bf16" : "fp32",
            begun++);
    requireIntact();
    if (values.size() == 0) {
      return Handle.DONE;
    }
    try (Stream.Event ready = new Stream.Event()) {
      Stream.TORCH.record(ready);
      stream.await(ready);
      call.on(stream);
    } catch (Nccl.Fault e) {
      end(name, e.getMessage());
      throw failure;
    }
    Stream.Event done = new Stream.Event();
    stream.record(done);
    underWay.add(new Underway(name, done, new long[1]));
    return () -> await(done);
  }

  private synchronized void await(Stream.Event done) {
    requireIntact();
    if (underWay.stream().anyMatch(operation -> operation.done() == done)) {
      Stream.TORCH.await(done);
    }
  }

  private void requireIntact() {
    if (failure != null) {
      throw failure;
    }
  }

  private void watch() {
    Cuda.select(device);
    try {
      while (check()) {
        Thread.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Forgets what is done; whether there is anything left to watch. */
  private synchronized boolean check() {
    if (closed || failure != null) {
      return false;
    }
    try {
      while (!underWay.isEmpty() && underWay.peek().done().isReached()) {
        underWay.remove().done().close();
      }
      nccl.fault();
    } catch (Nccl.Fault e) {
      end(current(), e.getMessage());
      return false;
    } catch (Failure e) {
      failure = e;
      return false;
    }
    if (!underWay.isEmpty()) {
      long[] since = underWay.peek().headSince();
      since[0] = since[0] == 0 ? System.nanoTime() : since[0];
      if (patience.left(since[0]).isNegative()) {
        end(current(), "it took longer than " + patience.limit().toSeconds() + " s");
        return false;
      }
    }
    return true;
  }

  private String current() {
    return underWay.isEmpty() ? "communicator" : underWay.peek().name();
  }

  /** Makes kernels that wait for other ranks return, so that this process can. */
  private void end(String operation, String reason) {
    failure = failure(rank(), operation, reason);
    try {
      nccl.abort();
    } catch (Nccl.Fault e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void allReduce(double[] values) {
    host.allReduce(values);
  }

  @Override
  public byte[][] allGather(byte[] mine) {
    return host.allGather(mine);
  }

  @Override
  public void barrier() {
    host.barrier();
  }

  @Override
  public synchronized long operations() {
    return begun + host.operations();
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      if (failure == null) {
        leave();
      }
    }
    host.close();
  }

  private void leave() {
    try {
      if (underWay.stream().allMatch(operation -> operation.done().isReached())) {
        nccl.leave();
        underWay.forEach(operation -> operation.done().close());
        stream.close();
      } else {
        nccl.abort();
      }
    } catch (Nccl.Fault e) {
      throw failure(rank(), "closing", e.getMessage());
    }
  }
}
