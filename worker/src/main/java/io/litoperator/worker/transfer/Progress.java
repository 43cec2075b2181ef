package io.litoperator.worker.transfer;

/** Told how much is done of work that takes its time; called by any thread. */
@FunctionalInterface
public interface Progress {
  Progress NONE = (what, done, total) -> {};

  /**
   * @param what is done, such as {@code writing finetune-30}; or transferred; or what is read, such
   *     as {@code samples}
   * @param done bytes, unless it is things that count
   * @param total as {@code done}
   */
  void on(String what, long done, long total);
}
