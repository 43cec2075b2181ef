package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.Progress;

/** A status as the reconciler wrote it, with what an endpoint would have added. */
final class ReportedStatus {
  private ReportedStatus() {}

  /**
   * @param written null before the first
   * @param coordinator null before its first report
   * @param progress null before the first step
   */
  static LitTrainingJobStatus of(
      LitTrainingJobStatus written, Coordinator coordinator, Progress progress) {
    LitTrainingJobStatus of = written == null ? LitTrainingJobStatus.UNSEEN : written;
    return new LitTrainingJobStatus(
        of.observedGeneration(),
        of.phase(),
        of.conditions(),
        of.startTime(),
        of.completionTime(),
        of.pending(),
        of.workers(),
        progress,
        null,
        null,
        null,
        null,
        of.restarts(),
        of.lastFailure(),
        of.avoidedNodes(),
        of.attempt(),
        of.members(),
        coordinator);
  }
}
