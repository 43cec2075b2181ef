package io.litoperator.worker.transfer;

/** Told how much is done of work on many bytes; called by any thread. */
@FunctionalInterface
public interface Progress {
  Progress NONE = (what, done, total) -> {};

  /**
   * @param what is done, such as {@code writing finetune-30}, or transferred
   * @param done bytes
   * @param total bytes
   */
  void on(String what, long done, long total);
}
