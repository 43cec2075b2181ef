package io.litoperator.api.progress;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.util.List;
import java.util.Map;

/**
 * All that the coordinator knows, so that any report may be lost as long as a later one arrives.
 *
 * @param attempt of the gang, from 1; never falls
 * @param sequence rises with every report of this Pod, from 1
 * @param activity what the gang is at
 * @param registeredNodes agents that are connected, the coordinator's own included
 * @param progress of training; null before the first step
 * @param checkpoints complete ones, newest last, at most {@link #MAX_CHECKPOINTS}
 * @param bestCheckpoint the one with the best score, as stage-step; null while none has one
 * @param evaluations newest last, at most {@link #MAX_EVALUATIONS}
 * @param restarts in-place restarts since this Pod's start, by reason; a count never falls. Losses
 *     of other Pods are not among them: the operator sees those itself
 * @param lastFailure what caused the newest of them; null without any
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonIgnoreProperties(ignoreUnknown = true)
public record ProgressReport(
    int attempt,
    long sequence,
    Activity activity,
    int registeredNodes,
    Progress progress,
    List<SavedCheckpoint> checkpoints,
    String bestCheckpoint,
    List<Evaluation> evaluations,
    Map<String, Integer> restarts,
    LastFailure lastFailure) {
  /** Checkpoints of a report, and of a status. */
  public static final int MAX_CHECKPOINTS = 20;

  /** Scores of a report, and of a status. */
  public static final int MAX_EVALUATIONS = 100;

  public ProgressReport {
    checkpoints = checkpoints == null ? List.of() : List.copyOf(checkpoints);
    evaluations = evaluations == null ? List.of() : List.copyOf(evaluations);
    restarts = restarts == null ? Map.of() : Map.copyOf(restarts);
  }
}
