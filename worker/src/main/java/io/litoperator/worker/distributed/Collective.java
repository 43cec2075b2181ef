package io.litoperator.worker.distributed;

import java.nio.FloatBuffer;

/**
 * The ranks of one attempt, as one of them sees them. Calls are matched between ranks by their
 * order; every rank makes the same calls. All ranks end with bit-identical results.
 */
public interface Collective extends AutoCloseable {
  int rank();

  int worldSize();

  /**
   * Starts summing a buffer over all ranks, in place. The buffer must not be touched until the
   * handle is awaited. Several may be under way; they complete in order.
   *
   * @param values direct, native order; same length on every rank, 0 allowed
   */
  Handle allReduce(FloatBuffer values);

  /** Sums a few host values over all ranks, in place; returns when done. */
  void allReduce(double[] values);

  /** Every rank's bytes, in the order of ranks; lengths may differ. */
  byte[][] allGather(byte[] mine);

  /** Returns when every rank has called it. */
  void barrier();

  @Override
  void close();

  /** An operation under way. */
  interface Handle {
    /**
     * Returns when the result is in place.
     *
     * @throws io.litoperator.worker.failure.Failure with {@code PEER_LOST}, naming the operation
     *     and the peer, if a peer died or the connection broke
     */
    void await();
  }
}
