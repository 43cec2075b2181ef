package io.litoperator.worker.gpu;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** NCCL's, on a stream of its own. No call but those that end it blocks for good. */
public final class Nccl implements Communicator {
  private static final int MAGIC = 0xcafebeef;

  /**
   * Of the configuration's layout: 2.18's, which later ones begin with. NCCL reads as much of it as
   * {@code size} says and takes its own defaults for the rest.
   */
  private static final int LAYOUT_VERSION = 21800;

  private static final int LAYOUT_BYTES = 48;
  private static final int UNDEFINED = Integer.MIN_VALUE;
  private static final long POLL_NANOS = 20_000;

  /** How long an abortion waits for a call of the library to return. */
  private static final long CALL_SECONDS = 1;

  private final ncclComm communicator;
  private final Duration patience;
  private final int device;
  private final int rank;
  private final int worldSize;
  private final Stream stream;

  /** Held by a call of the thread that starts operations. */
  private final ReentrantLock calls = new ReentrantLock();

  private volatile boolean ended;

  private interface Call {
    /**
     * @param at where the tensor lies
     * @param mine where this rank's part of it lies
     */
    int on(Pointer at, Pointer mine, int type, CUstream_st stream);
  }

  private Nccl(
      ncclComm communicator,
      Duration patience,
      int device,
      int rank,
      int worldSize,
      Stream stream) {
    this.communicator = communicator;
    this.patience = patience;
    this.device = device;
    this.rank = rank;
    this.worldSize = worldSize;
    this.stream = stream;
  }

  /** As {@code 2.27.3}. */
  public static String version() throws Fault {
    int[] version = new int[1];
    check(nccl.ncclGetVersion(version));
    return version[0] / 10000 + "." + version[0] / 100 % 100 + "." + version[0] % 100;
  }

  /** What one rank makes and all join by. */
  public static byte[] uniqueId() throws Fault {
    try (ncclUniqueId id = new ncclUniqueId()) {
      check(nccl.ncclGetUniqueId(id));
      byte[] bytes = new byte[nccl.NCCL_UNIQUE_ID_BYTES];
      id.internal().get(bytes);
      return bytes;
    }
  }

  /**
   * Joins the ranks.
   *
   * @param device this rank's GPU, which is the thread's
   * @param patience bounds this and every later call's waiting for the library
   */
  public static Nccl join(byte[] uniqueId, int device, int rank, int worldSize, Duration patience)
      throws Fault {
    try (ncclUniqueId id = new ncclUniqueId();
        ncclConfig_t config = config()) {
      id.internal().put(uniqueId);
      ncclComm communicator = new ncclComm();
      int status = nccl.ncclCommInitRankConfig(communicator, worldSize, id, rank, config);
      Nccl joined = new Nccl(communicator, patience, device, rank, worldSize, Stream.create());
      try {
        joined.finish(status);
      } catch (Fault e) {
        joined.abortApart();
        throw e;
      }
      return joined;
    }
  }

  /** Nobody waits for it. */
  private void abortApart() {
    Thread thread =
        new Thread(
            () -> {
              attach();
              nccl.ncclCommAbort(communicator);
            },
            "nccl-abort");
    thread.setDaemon(true);
    thread.start();
  }

  private static ncclConfig_t config() {
    ncclConfig_t config = new ncclConfig_t();
    Pointer.memset(config, 0, config.sizeof());
    return config
        .size(LAYOUT_BYTES)
        .magic(MAGIC)
        .version(LAYOUT_VERSION)
        .blocking(0)
        .cgaClusterSize(UNDEFINED)
        .minCTAs(UNDEFINED)
        .maxCTAs(UNDEFINED)
        .netName((BytePointer) null)
        .splitShare(UNDEFINED);
  }

  @Override
  public Operation allReduce(Tensor values) throws Fault {
    return start(
        values,
        (at, mine, type, on) ->
            nccl.ncclAllReduce(at, at, values.size(), type, nccl.ncclSum, communicator, on));
  }

  @Override
  public Operation reduceScatter(Tensor values) throws Fault {
    long size = values.size() / worldSize;
    return start(
        values,
        (at, mine, type, on) ->
            nccl.ncclReduceScatter(at, mine, size, type, nccl.ncclSum, communicator, on));
  }

  @Override
  public Operation allGather(Tensor values) throws Fault {
    long size = values.size() / worldSize;
    return start(
        values, (at, mine, type, on) -> nccl.ncclAllGather(mine, at, size, type, communicator, on));
  }

  @Override
  public Operation broadcast(Tensor values, int root) throws Fault {
    return start(
        values,
        (at, mine, type, on) ->
            nccl.ncclBroadcast(at, at, values.size(), type, root, communicator, on));
  }

  private Operation start(Tensor values, Call call) throws Fault {
    try (Pointer at = Cuda.address(values);
        Pointer mine = part(values, at);
        Stream.Event ready = new Stream.Event()) {
      Stream.TORCH.record(ready);
      stream.await(ready);
      finish(alone(() -> call.on(at, mine, type(values), stream.handle())));
      Stream.Event done = new Stream.Event();
      stream.record(done);
      return new Marked(done);
    }
  }

  /** Done where the stream has come to a mark. */
  private record Marked(Stream.Event mark) implements Operation {
    @Override
    public boolean isDone() {
      return mark.isReached();
    }

    @Override
    public void await() {
      Stream.TORCH.await(mark);
    }

    @Override
    public void close() {
      mark.close();
    }
  }

  private Pointer part(Tensor values, Pointer start) {
    long bytes = values.size() / worldSize * rank * values.dtype().bytes();
    return new BytePointer(start).position(bytes);
  }

  private static int type(Tensor values) {
    DType type = values.dtype();
    return switch (type) {
      case FLOAT32 -> nccl.ncclFloat32;
      case BFLOAT16 -> nccl.ncclBfloat16;
      default -> throw new IllegalArgumentException("ranks do not exchange values of " + type);
    };
  }

  /** Returns once the library has taken a call over. */
  private void finish(int status) throws Fault {
    long start = System.nanoTime();
    int now = status;
    while (now == nccl.ncclInProgress) {
      if (System.nanoTime() - start > patience.toNanos()) {
        throw new Fault("no answer within " + patience.toSeconds() + " s");
      }
      LockSupport.parkNanos(POLL_NANOS);
      now = alone(this::asynchronous);
    }
    if (now != nccl.ncclSuccess) {
      throw described(now);
    }
  }

  private interface Status {
    int get() throws Fault;
  }

  /** Calls the library while nobody ends the communicator. */
  private int alone(Status call) throws Fault {
    calls.lock();
    try {
      if (ended) {
        throw new Fault("the communicator has been ended");
      }
      return call.get();
    } finally {
      calls.unlock();
    }
  }

  private int asynchronous() throws Fault {
    int[] state = new int[1];
    check(nccl.ncclCommGetAsyncError(communicator, state));
    return state[0];
  }

  @Override
  public void attach() {
    Cuda.select(device);
  }

  @Override
  public void fault() throws Fault {
    int state = asynchronous();
    if (state != nccl.ncclSuccess && state != nccl.ncclInProgress) {
      throw described(state);
    }
  }

  private Fault described(int status) {
    BytePointer last = nccl.ncclGetLastError(communicator);
    String more = last == null || last.isNull() ? "" : last.getString().strip();
    String what = nccl.ncclGetErrorString(status).getString();
    return new Fault(
        more.isEmpty() ? what : what + ", " + more, status == nccl.ncclUnhandledCudaError);
  }

  private static void check(int status) throws Fault {
    if (status != nccl.ncclSuccess) {
      throw new Fault(
          nccl.ncclGetErrorString(status).getString(), status == nccl.ncclUnhandledCudaError);
    }
  }

  @Override
  public void abort() throws Fault {
    end();
    check(nccl.ncclCommAbort(communicator));
  }

  @Override
  public void leave() throws Fault {
    finish(nccl.ncclCommFinalize(communicator));
    end();
    check(nccl.ncclCommDestroy(communicator));
    stream.close();
  }

  /** No call of the other thread uses the communicator's memory after this. */
  private void end() {
    boolean locked = false;
    try {
      // One that has not returned by then may wait for just what is to be ended.
      locked = calls.tryLock(CALL_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ended = true;
    if (locked) {
      calls.unlock();
    }
  }
}
