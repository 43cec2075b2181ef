package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.AttemptClaims;
import io.litoperator.worker.checkpoint.CheckpointId;
import io.litoperator.worker.checkpoint.CheckpointStore;
import io.litoperator.worker.distributed.agent.Ledger;
import io.litoperator.worker.transfer.Watched;
import java.util.Optional;
import java.util.function.Consumer;

/** A job's checkpoint folder, from which its attempts go on. */
final class CheckpointLedger implements Ledger {
  private final CheckpointStore store;
  private final AttemptClaims claims;
  private final Watched watched;
  private final Consumer<String> notices;
  private final Runnable whenDone;
  private int attempt;

  /**
   * @param watched told what moves in the store; waits for it
   * @param notices told in a sentence of damaged checkpoints
   * @param whenDone run when all ranks are done
   */
  CheckpointLedger(
      CheckpointStore store,
      AttemptClaims claims,
      Watched watched,
      Consumer<String> notices,
      Runnable whenDone) {
    this.store = store;
    this.claims = claims;
    this.watched = watched;
    this.notices = notices;
    this.whenDone = whenDone;
  }

  @Override
  public int claim(int atLeast) {
    attempt = watched.call("Claiming an attempt in " + store.name(), () -> claims.claim(atLeast));
    return attempt;
  }

  @Override
  public Optional<String> newestCheckpoint() {
    return watched.call(
        "Verifying the newest checkpoint in " + store.name(),
        () -> {
          store.of(attempt, claims.holder()).recover(notices);
          return store.newestVerified(notices).map(CheckpointId::toString);
        });
  }

  @Override
  public void finish() {
    whenDone.run();
  }
}
