package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.util.List;
import java.util.Map;

/**
 * All that a report tells but its number; see {@link ProgressReport} for the fields.
 *
 * @param evaluatedStep last step of the model that is or will be scored
 */
record GangState(
    int attempt,
    Activity activity,
    int nodes,
    Progress progress,
    long evaluatedStep,
    List<SavedCheckpoint> checkpoints,
    List<Evaluation> evaluations,
    Map<String, Integer> restarts,
    LastFailure lastFailure) {

  GangState {
    checkpoints = List.copyOf(checkpoints);
    evaluations = List.copyOf(evaluations);
    restarts = Map.copyOf(restarts);
  }

  /**
   * @param attempt that the coordinator's Pod was made for
   */
  static GangState initial(
      int attempt, List<SavedCheckpoint> checkpoints, List<Evaluation> evaluations) {
    return new GangState(
        attempt, Activity.WAITING, 1, null, 0, checkpoints, evaluations, Map.of(), null);
  }

  ProgressReport report(long sequence) {
    return new ProgressReport(
        attempt,
        sequence,
        activity,
        nodes,
        progress,
        checkpoints,
        evaluations,
        restarts,
        lastFailure);
  }

  /** Whether the operator should learn of the change at once. */
  boolean differsMuchFrom(GangState other) {
    return attempt != other.attempt
        || activity != other.activity
        || nodes != other.nodes
        || !checkpoints.equals(other.checkpoints)
        || !evaluations.equals(other.evaluations)
        || !restarts.equals(other.restarts);
  }

  GangState withAttempt(int number, Progress from) {
    return new GangState(
        number,
        Activity.WAITING,
        nodes,
        from,
        evaluatedStep,
        checkpoints,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withActivity(Activity other) {
    return new GangState(
        attempt,
        other,
        nodes,
        progress,
        evaluatedStep,
        checkpoints,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withNodes(int count) {
    return new GangState(
        attempt,
        activity,
        count,
        progress,
        evaluatedStep,
        checkpoints,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withProgress(Progress other) {
    return new GangState(
        attempt,
        activity,
        nodes,
        other,
        other.step(),
        checkpoints,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withCheckpoints(List<SavedCheckpoint> others) {
    return new GangState(
        attempt,
        activity,
        nodes,
        progress,
        evaluatedStep,
        others,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withEvaluations(List<Evaluation> others) {
    return new GangState(
        attempt,
        activity,
        nodes,
        progress,
        evaluatedStep,
        checkpoints,
        others,
        restarts,
        lastFailure);
  }

  GangState withFailure(LastFailure failure, Map<String, Integer> counts) {
    return new GangState(
        attempt,
        Activity.WAITING,
        nodes,
        progress,
        evaluatedStep,
        checkpoints,
        evaluations,
        counts,
        failure);
  }
}
