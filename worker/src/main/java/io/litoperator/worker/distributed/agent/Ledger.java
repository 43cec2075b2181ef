package io.litoperator.worker.distributed.agent;

import java.util.Optional;
import java.util.function.Supplier;

/** What outlives a run's processes, as far as a coordinator needs it. */
public interface Ledger {
  /**
   * Claims the right to run an attempt; called before its ranks start.
   *
   * @param atLeast the attempt's number, unless a higher one was used before
   * @return the attempt's number; from 1, and higher than any before
   * @throws io.litoperator.worker.failure.Failure if another coordinator has taken over
   */
  int claim(int atLeast);

  /**
   * What an attempt starts from, asked after it was claimed: a verified checkpoint, which the ranks
   * find in {@link World#resume}.
   */
  Optional<String> newestCheckpoint();

  /** Called when all ranks are done, before other nodes' agents exit. */
  void finish();

  /** Of a run that nobody else can take over. */
  static Ledger of(Supplier<Optional<String>> newestCheckpoint) {
    return new Ledger() {
      @Override
      public int claim(int atLeast) {
        return atLeast;
      }

      @Override
      public Optional<String> newestCheckpoint() {
        return newestCheckpoint.get();
      }

      @Override
      public void finish() {}
    };
  }
}
