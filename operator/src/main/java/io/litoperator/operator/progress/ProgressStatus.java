package io.litoperator.operator.progress;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.util.List;
import java.util.Objects;

/**
 * The part of a job's status that comes from reports, and that field manager {@value
 * #FIELD_MANAGER} owns. Members are null where nothing has been reported, never empty lists.
 */
public record ProgressStatus(
    Progress progress,
    List<SavedCheckpoint> checkpoints,
    String latestCheckpoint,
    String bestCheckpoint,
    List<Evaluation> evaluations,
    Coordinator coordinator) {
  public static final String FIELD_MANAGER = "lit-operator-progress";

  private static final ProgressStatus NONE = new ProgressStatus(null, null, null, null, null, null);

  /**
   * @param status null for a job that has none
   */
  public static ProgressStatus of(LitTrainingJobStatus status) {
    return status == null
        ? NONE
        : new ProgressStatus(
            status.progress(),
            status.checkpoints(),
            status.latestCheckpoint(),
            status.bestCheckpoint(),
            status.evaluations(),
            status.coordinator());
  }

  /** These fields and no others, to be applied. */
  public LitTrainingJobStatus applied() {
    return new LitTrainingJobStatus(
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        progress,
        checkpoints,
        latestCheckpoint,
        bestCheckpoint,
        evaluations,
        null,
        null,
        null,
        null,
        null,
        coordinator);
  }

  /** Whether this came after {@code other}: a later report of the same Pod, or a later attempt. */
  boolean isAfter(ProgressStatus other) {
    if (coordinator == null || other.coordinator == null) {
      return coordinator != null;
    }
    return coordinator.podUid().equals(other.coordinator.podUid())
        ? coordinator.sequence() > other.coordinator.sequence()
        : coordinator.attempt() > other.coordinator.attempt();
  }

  /**
   * Whether more than step, loss and speed differs: what a person or the reconciler waits for, and
   * what is therefore written at once.
   */
  boolean isNewsAfter(ProgressStatus other) {
    return !Objects.equals(gist(coordinator), gist(other.coordinator))
        || !Objects.equals(checkpoints, other.checkpoints)
        || !Objects.equals(evaluations, other.evaluations);
  }

  /**
   * What of a coordinator's words is not new with every report.
   *
   * @param of null before the first; then the gist is, too
   */
  public static Coordinator gist(Coordinator of) {
    return of == null
        ? null
        : new Coordinator(
            of.podUid(),
            of.attempt(),
            null,
            of.activity(),
            of.registeredNodes(),
            of.restarts(),
            of.lastFailure());
  }
}
