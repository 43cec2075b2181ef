package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.RecoverySpec;
import io.litoperator.operator.status.Course;

/** The end of a job that has used up its restarts. */
final class Budget {
  private Budget() {}

  static Course.Failed exhausted(RecoverySpec recovery, LastFailure last) {
    return new Course.Failed(
        "RestartsExhausted",
        "spec.recovery.maxRestarts is %d, and there was one more failure: %s"
            .formatted(recovery.maxRestarts(), last.message()));
  }
}
