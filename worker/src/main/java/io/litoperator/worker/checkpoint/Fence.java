package io.litoperator.worker.checkpoint;

import java.io.IOException;

/** Ends what a newer attempt has overtaken. */
@FunctionalInterface
interface Fence {
  /**
   * @throws io.litoperator.worker.failure.Failure {@code PEER_LOST} if there is a newer attempt
   */
  void run() throws IOException;
}
