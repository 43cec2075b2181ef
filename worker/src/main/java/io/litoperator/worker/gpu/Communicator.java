package io.litoperator.worker.gpu;

import io.litoperator.worker.torch.Tensor;

/**
 * Ranks' GPUs that sum and move tensors among them, in place, one operation after the other, beside
 * what torch computes. An operation waits for what torch was asked for before.
 *
 * <p>One thread starts operations, one other looks after them: asks for faults and ends it all.
 */
public interface Communicator {
  /** Sums over all ranks. */
  Operation allReduce(Tensor values) throws Fault;

  /** Leaves this rank's part of the sum in its place. */
  Operation reduceScatter(Tensor values) throws Fault;

  /** Takes this rank's part from its place. */
  Operation allGather(Tensor values) throws Fault;

  Operation broadcast(Tensor values, int root) throws Fault;

  /** To be called first by the thread that looks after the operations. */
  void attach();

  /** Throws if something went wrong in an operation under way. */
  void fault() throws Fault;

  /**
   * Ends operations under way, here; on the other ranks they fail or hang. May return no sooner
   * than the other ranks do the same.
   */
  void abort() throws Fault;

  /**
   * Leaves in peace, when nothing is under way. May return no sooner than the other ranks do the
   * same.
   */
  void leave() throws Fault;

  /** An operation that the GPU has been asked for. */
  interface Operation extends AutoCloseable {
    /** Asked by any thread. */
    boolean isDone();

    /** Lets torch's work from now on wait for it. */
    void await();

    /** Once it is done, and nobody asks any more. */
    @Override
    void close();
  }

  /** What the library said. */
  final class Fault extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean ownGpu;

    public Fault(String message) {
      this(message, false);
    }

    /**
     * @param ownGpu whether this rank's GPU or driver failed, and not another rank or the way to it
     */
    public Fault(String message, boolean ownGpu) {
      super(message);
      this.ownGpu = ownGpu;
    }

    public boolean isOwnGpu() {
      return ownGpu;
    }
  }
}
