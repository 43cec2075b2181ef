package io.litoperator.worker.distributed;

import io.litoperator.worker.torch.Tensor;

/**
 * The ranks of one attempt, as one of them sees them. Calls are matched between ranks by their
 * order; every rank makes the same calls with tensors of the same size and type. All ranks end with
 * bit-identical results.
 *
 * <p>Tensors are contiguous, of one dimension and FLOAT32 or BFLOAT16, any length and 0 included:
 * slices of flat buffers, which the collective works on in place. An operation starts when what the
 * calling thread has asked of the tensor's device before is done; the caller may close the handle
 * of the tensor at once, but neither touch its memory nor give it back before the operation's
 * handle is awaited. Several may be under way; they complete in order.
 *
 * <p>Once an operation has failed, so does every later one, and what tensors hold is worth nothing.
 * On a device that may be found out while the calling thread reads such a tensor: what it has read
 * is to be believed when one of the operations on host values has returned after that.
 *
 * <p>Of a tensor of {@code n} elements, {@code n} a multiple of the world size {@code w}, rank
 * {@code r}'s part is {@code [r · n / w, (r + 1) · n / w)}. A {@link #reduceScatter} and then an
 * {@link #allGather} of such a tensor give its {@link #allReduce}, in an order of additions that an
 * implementation may choose for each of them.
 */
public interface Collective extends AutoCloseable {
  int rank();

  int worldSize();

  /** Starts summing a tensor over all ranks. */
  Handle allReduce(Tensor values);

  /**
   * Starts summing over all ranks, of which each gets its part of the sum; what the other parts of
   * {@code values} then hold is undefined.
   *
   * @param values its size is a multiple of the world size
   */
  Handle reduceScatter(Tensor values);

  /**
   * Starts giving every rank's part to all.
   *
   * @param values its size is a multiple of the world size; the other ranks' parts are overwritten
   */
  Handle allGather(Tensor values);

  /** Starts giving one rank's values to all; theirs are overwritten. */
  Handle broadcast(Tensor values, int root);

  /** Sums a few host values over all ranks, in place and in the order of ranks; waits. */
  void allReduce(double[] values);

  /** Every rank's bytes, in the order of ranks; lengths may differ. Waits. */
  byte[][] allGather(byte[] mine);

  /** Returns when every rank has called it. */
  void barrier();

  /** Operations begun so far; of ranks that are stuck, the one with the fewest is behind. */
  long operations();

  /** Ends the collective; operations under way fail, here and on the other ranks. */
  @Override
  void close();

  /** An operation under way. */
  interface Handle {
    /** Of what was done when it was asked for. */
    Handle DONE = () -> {};

    /**
     * Makes the result available to the calling thread: in host memory it is there when this
     * returns; on a device, the thread's stream waits for it and the thread does not.
     *
     * @throws io.litoperator.worker.failure.Failure with {@code PEER_LOST}, naming the operation
     *     and the peer, if a peer died or the connection broke; on a device, a later call may be
     *     the one that finds out
     */
    void await();
  }
}
