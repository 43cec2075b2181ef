package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.AttemptClaims;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.distributed.agent.Ledger;
import java.util.Optional;
import java.util.function.Consumer;

/** A job's checkpoint folder, from which its attempts go on. */
final class CheckpointLedger implements Ledger {
  private final CheckpointStore store;
  private final AttemptClaims claims;
  private final Consumer<String> notices;
  private final Runnable whenDone;
  private int attempt;

  /**
   * @param notices told in a sentence of damaged checkpoints
   * @param whenDone run when all ranks are done
   */
  CheckpointLedger(
      CheckpointStore store, AttemptClaims claims, Consumer<String> notices, Runnable whenDone) {
    this.store = store;
    this.claims = claims;
    this.notices = notices;
    this.whenDone = whenDone;
  }

  @Override
  public int claim(int atLeast) {
    attempt = claims.claim(atLeast);
    return attempt;
  }

  @Override
  public Optional<String> newestCheckpoint() {
    store.of(attempt, claims.holder()).recover(notices);
    return store.newestVerified(notices).map(CheckpointId::toString);
  }

  @Override
  public void finish() {
    whenDone.run();
  }
}
