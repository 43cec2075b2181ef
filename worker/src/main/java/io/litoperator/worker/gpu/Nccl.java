package io.litoperator.worker.gpu;

import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Tensor;
import java.time.Duration;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.nccl;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A communicator of NCCL, of which no call blocks for good. Tensors are worked on in place. All
 * calls but {@link #fault} and {@link #abort} come from one thread.
 */
public final class Nccl {
  private static final int MAGIC = 0xcafebeef;

  /**
   * Of the configuration's layout: 2.18's, which later ones begin with. NCCL reads as much of it as
   * {@code size} says and takes its own defaults for the rest.
   */
  private static final int LAYOUT_VERSION = 21800;

  private static final int LAYOUT_BYTES = 48;
  private static final int UNDEFINED = Integer.MIN_VALUE;
  private static final long POLL_NANOS = 20_000;

  private final ncclComm communicator;
  private final Duration patience;
  private final int rank;
  private final int worldSize;

  /** What NCCL said. */
  public static final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    Fault(String message) {
      super(message);
    }
  }

  private Nccl(ncclComm communicator, Duration patience, int rank, int worldSize) {
    this.communicator = communicator;
    this.patience = patience;
    this.rank = rank;
    this.worldSize = worldSize;
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
   * Joins the ranks, each on its thread's GPU.
   *
   * @param patience bounds this and every later call's waiting for the library
   */
  public static Nccl join(byte[] uniqueId, int rank, int worldSize, Duration patience)
      throws Fault {
    try (ncclUniqueId id = new ncclUniqueId();
        ncclConfig_t config = config()) {
      id.internal().put(uniqueId);
      ncclComm communicator = new ncclComm();
      int status = nccl.ncclCommInitRankConfig(communicator, worldSize, id, rank, config);
      Nccl joined = new Nccl(communicator, patience, rank, worldSize);
      try {
        joined.finish(status);
      } catch (Fault e) {
        joined.abort();
        throw e;
      }
      return joined;
    }
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

  public void allReduce(Tensor values, Stream stream) throws Fault {
    try (Pointer at = Cuda.address(values)) {
      finish(
          nccl.ncclAllReduce(
              at, at, values.size(), type(values), nccl.ncclSum, communicator, on(stream)));
    }
  }

  /** Leaves this rank's part of the sum in its place. */
  public void reduceScatter(Tensor values, Stream stream) throws Fault {
    try (Pointer at = Cuda.address(values);
        Pointer mine = part(values, at)) {
      finish(
          nccl.ncclReduceScatter(
              at,
              mine,
              values.size() / worldSize,
              type(values),
              nccl.ncclSum,
              communicator,
              on(stream)));
    }
  }

  /** Takes this rank's part from its place. */
  public void allGather(Tensor values, Stream stream) throws Fault {
    try (Pointer at = Cuda.address(values);
        Pointer mine = part(values, at)) {
      finish(
          nccl.ncclAllGather(
              mine, at, values.size() / worldSize, type(values), communicator, on(stream)));
    }
  }

  public void broadcast(Tensor values, int root, Stream stream) throws Fault {
    try (Pointer at = Cuda.address(values)) {
      finish(
          nccl.ncclBroadcast(at, at, values.size(), type(values), root, communicator, on(stream)));
    }
  }

  private Pointer part(Tensor values, Pointer start) {
    long bytes = values.size() / worldSize * rank * values.dtype().bytes();
    return new BytePointer(start).position(bytes);
  }

  private static CUstream_st on(Stream stream) {
    return stream.handle();
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
      java.util.concurrent.locks.LockSupport.parkNanos(POLL_NANOS);
      now = asynchronous();
    }
    if (now != nccl.ncclSuccess) {
      throw new Fault(describe(now));
    }
  }

  private int asynchronous() throws Fault {
    int[] state = new int[1];
    check(nccl.ncclCommGetAsyncError(communicator, state));
    return state[0];
  }

  /** Throws if something went wrong in an operation under way. */
  public void fault() throws Fault {
    int state = asynchronous();
    if (state != nccl.ncclSuccess && state != nccl.ncclInProgress) {
      throw new Fault(describe(state));
    }
  }

  private String describe(int status) {
    BytePointer last = nccl.ncclGetLastError(communicator);
    String more = last == null || last.isNull() ? "" : last.getString().strip();
    String what = nccl.ncclGetErrorString(status).getString();
    return more.isEmpty() ? what : what + ", " + more;
  }

  private static void check(int status) throws Fault {
    if (status != nccl.ncclSuccess) {
      throw new Fault(nccl.ncclGetErrorString(status).getString());
    }
  }

  /** Ends operations under way, here; on the other ranks they fail or hang. */
  public void abort() throws Fault {
    check(nccl.ncclCommAbort(communicator));
  }

  /** Leaves in peace, when nothing is under way. */
  public void leave() throws Fault {
    finish(nccl.ncclCommFinalize(communicator));
    check(nccl.ncclCommDestroy(communicator));
  }
}
