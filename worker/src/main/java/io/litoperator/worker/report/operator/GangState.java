package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** All that a report tells but its number; see {@link ProgressReport} for the fields. */
record GangState(
    int attempt,
    Activity activity,
    int nodes,
    Progress progress,
    List<SavedCheckpoint> checkpoints,
    String bestCheckpoint,
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
  static GangState initial(int attempt, Reporter.Inheritance inheritance) {
    return new GangState(
        attempt,
        Activity.WAITING,
        1,
        null,
        inheritance.checkpoints(),
        inheritance.bestCheckpoint(),
        inheritance.evaluations(),
        Map.of(),
        null);
  }

  ProgressReport report(long sequence) {
    return new ProgressReport(
        attempt,
        sequence,
        activity,
        nodes,
        progress,
        checkpoints,
        bestCheckpoint,
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
        || !Objects.equals(bestCheckpoint, other.bestCheckpoint)
        || !evaluations.equals(other.evaluations)
        || !restarts.equals(other.restarts);
  }

  GangState withAttempt(int number, Progress from) {
    return new GangState(
        number,
        Activity.WAITING,
        nodes,
        from,
        checkpoints,
        bestCheckpoint,
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
        checkpoints,
        bestCheckpoint,
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
        checkpoints,
        bestCheckpoint,
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
        checkpoints,
        bestCheckpoint,
        evaluations,
        restarts,
        lastFailure);
  }

  GangState withCheckpoints(List<SavedCheckpoint> others, String best) {
    return new GangState(
        attempt, activity, nodes, progress, others, best, evaluations, restarts, lastFailure);
  }

  GangState withEvaluations(List<Evaluation> others) {
    return new GangState(
        attempt,
        activity,
        nodes,
        progress,
        checkpoints,
        bestCheckpoint,
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
        checkpoints,
        bestCheckpoint,
        evaluations,
        counts,
        failure);
  }
}
