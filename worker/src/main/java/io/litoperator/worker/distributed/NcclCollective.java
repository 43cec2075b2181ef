package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Communicator;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.Nccl;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Ranks with a GPU each, whose tensors NCCL sums and moves on a stream of its own beside torch's;
 * host values go by another collective, which also carries NCCL's id. Used by one thread.
 *
 * <p>A second thread watches the operations: it asks NCCL for errors, and ends a communicator in
 * which an operation takes longer than the patience. From then on every call fails with the first
 * reason. What ends the communicator may wait for other ranks, so that thread does it, and the
 * other shares no lock with it. Sums are the same bits on all ranks; whether a scattered and then
 * gathered sum has the bits of the sum is up to the algorithms that NCCL chooses.
 */
public final class NcclCollective implements Collective {
  private final Collective host;
  private final Communicator gpus;
  private final Watch watch;
  private final Deque<Watch.Underway> kept = new ArrayDeque<>();
  private final AtomicLong begun = new AtomicLong();
  private boolean closed;

  private interface Call {
    Communicator.Operation on(Communicator gpus) throws Communicator.Fault;
  }

  NcclCollective(Collective host, Patience patience, Communicator gpus) {
    this.host = host;
    this.gpus = gpus;
    watch = new Watch(host, patience, gpus);
  }

  /**
   * Joins the ranks of another collective, which it takes over.
   *
   * @param device this rank's GPU; torch must have been started on it
   * @param patience with an operation, and with ranks that are yet to join
   * @throws Failure {@code ACCELERATOR} if CUDA or NCCL cannot be loaded or this rank's GPU fails,
   *     {@code PEER_LOST} if the ranks do not find together
   */
  public static NcclCollective join(Collective host, int device, Patience patience) {
    return Cuda.loading(
        () -> {
          Cuda.select(device);
          try {
            byte[] id = host.allGather(host.rank() == 0 ? Nccl.uniqueId() : new byte[0])[0];
            Nccl nccl = Nccl.join(id, device, host.rank(), host.worldSize(), patience.limit());
            return new NcclCollective(host, patience, nccl);
          } catch (Communicator.Fault e) {
            throw Watch.failure(host.rank(), "joining " + host.worldSize() + " ranks", e);
          }
        });
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
  public Handle allReduce(Tensor values) {
    return submit("sum", values, all -> all.allReduce(values));
  }

  @Override
  public Handle reduceScatter(Tensor values) {
    TcpCollective.requireParts(values, worldSize());
    return submit("scattered sum", values, all -> all.reduceScatter(values));
  }

  @Override
  public Handle allGather(Tensor values) {
    TcpCollective.requireParts(values, worldSize());
    return submit("gathering", values, all -> all.allGather(values));
  }

  @Override
  public Handle broadcast(Tensor values, int root) {
    return submit("broadcast from rank " + root, values, all -> all.broadcast(values, root));
  }

  private Handle submit(String what, Tensor values, Call call) {
    requireOpen();
    String name =
        String.format(
            Locale.ROOT,
            "%s of %,d %s values (operation %d)",
            what,
            values.size(),
            values.dtype() == DType.BFLOAT16 ? "bf16" : "fp32",
            begun.getAndIncrement());
    watch.requireIntact();
    forgetDone();
    if (values.size() == 0) {
      return Handle.DONE;
    }
    try {
      Watch.Underway operation = new Watch.Underway(name, call.on(gpus));
      kept.add(operation);
      watch.add(operation);
      return () -> await(operation);
    } catch (Communicator.Fault e) {
      throw watch.fail(name, e);
    }
  }

  private void forgetDone() {
    while (!kept.isEmpty() && kept.peek().isDone()) {
      kept.remove().operation().close();
    }
  }

  private void await(Watch.Underway operation) {
    watch.requireIntact();
    if (!operation.isDone()) {
      operation.operation().await();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The collective is closed");
    }
  }

  @Override
  public void allReduce(double[] values) {
    onHost(
        () -> {
          host.allReduce(values);
          return null;
        });
  }

  @Override
  public byte[][] allGather(byte[] mine) {
    return onHost(() -> host.allGather(mine));
  }

  @Override
  public void barrier() {
    onHost(
        () -> {
          host.barrier();
          return null;
        });
  }

  /**
   * What was read from a GPU whose operations were ended is worth nothing, so nothing follows it.
   */
  private <T> T onHost(Supplier<T> operation) {
    requireOpen();
    watch.requireIntact();
    try {
      return operation.get();
    } catch (RuntimeException e) {
      watch.requireIntact();
      throw e;
    }
  }

  @Override
  public long operations() {
    return begun.get() + host.operations();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    host.close();
    if (watch.close()) {
      forgetDone();
    }
  }
}
