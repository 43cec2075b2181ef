package io.litoperator.worker.distributed;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;

/**
 * One collective operation under way. The sending and the receiving thread work on it at the same
 * time: what is received is forwarded as soon as it is complete, in the order in which it came.
 */
abstract class Operation implements Collective.Handle {
  private final FrameHeader header;
  private int arrivedFrames;
  private int openHalves = 2;
  private Failure failure;

  /**
   * @param header what this rank believes the operation to be
   */
  Operation(FrameHeader header) {
    this.header = header;
  }

  /** Sends this rank's part, then what arrives from the previous rank, to the next. */
  abstract void send(FrameWriter out) throws IOException;

  /** Takes in what the previous rank sends. */
  abstract void receive(FrameReader in) throws IOException;

  final FrameHeader header() {
    return header;
  }

  /** Called by the receiving thread: one more frame may be forwarded. */
  final synchronized void frameArrived() {
    arrivedFrames++;
    notifyAll();
  }

  /** Called by the sending thread: returns when {@code count} frames have arrived. */
  final synchronized void awaitFrames(int count) {
    while (arrivedFrames < count && failure == null) {
      pause();
    }
    throwIfFailed();
  }

  /** Called by each of the two threads when it is done with this operation. */
  final synchronized void endHalf() {
    openHalves--;
    notifyAll();
  }

  final synchronized void fail(Failure cause) {
    if (openHalves > 0 && failure == null) {
      failure = cause;
      notifyAll();
    }
  }

  final synchronized boolean isDone() {
    return openHalves == 0;
  }

  @Override
  public final synchronized void await() {
    while (openHalves > 0 && failure == null) {
      pause();
    }
    throwIfFailed();
  }

  private void throwIfFailed() {
    if (failure != null) {
      throw new Failure(failure.exitCode(), failure.getMessage(), failure);
    }
  }

  private void pause() {
    try {
      wait();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.TERMINATED, "Interrupted in " + header.describe() + ".", e);
    }
  }
}
