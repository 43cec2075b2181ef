package io.litoperator.worker.transfer;

/** Told how much of a transfer is done; called by any thread. */
@FunctionalInterface
public interface Progress {
  Progress NONE = (what, done, total) -> {};

  /**
   * @param what is transferred
   * @param done bytes
   * @param total bytes
   */
  void on(String what, long done, long total);
}
