package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Spent;
import io.litoperator.api.v1alpha1.RecoverySpec;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Course;

/** What restarts cost, and the end of a job that has used them up. */
final class Budget {
  private Budget() {}

  /** The account with more restarts that count. */
  static Restarts charged(Snapshot snapshot, Restarts restarts, int times) {
    Integer resetAfter = snapshot.job().getSpec().recovery().resetAfterSteps();
    return Ledger.charged(
        restarts, times, resetAfter == null ? null : spent(snapshot, restarts, times, resetAfter));
  }

  private static Spent spent(Snapshot snapshot, Restarts restarts, int times, int resetAfter) {
    Spent before = restarts.spent() == null ? new Spent(0, null, null) : restarts.spent();
    Position furthest = new Position(before.stage(), before.step());
    Position reached = furthest.orFurther(Position.reached(snapshot));
    int used = reached.stepsBeyond(furthest) < resetAfter ? before.restarts() : 0;
    return new Spent(used + times, reached.stage(), reached.step());
  }

  static boolean isOverdrawn(Restarts restarts, RecoverySpec recovery) {
    int spent = restarts.spent() == null ? Ledger.total(restarts) : restarts.spent().restarts();
    return spent > recovery.maxRestarts();
  }

  static Course.Failed exhausted(RecoverySpec recovery, LastFailure last) {
    String anew =
        recovery.resetAfterSteps() == null
            ? ""
            : ", anew after %d further steps".formatted(recovery.resetAfterSteps());
    return new Course.Failed(
        "RestartsExhausted",
        "spec.recovery.maxRestarts is %d%s, and there was one more failure: %s"
            .formatted(recovery.maxRestarts(), anew, last.message()));
  }
}
