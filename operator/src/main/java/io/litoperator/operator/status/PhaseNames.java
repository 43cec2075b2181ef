package io.litoperator.operator.status;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.util.Locale;

/** Phases as people read them. */
public final class PhaseNames {
  private PhaseNames() {}

  /** As in the resource: {@code Pretraining}. */
  public static String of(Phase phase) {
    String name = phase.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }

  static String sentence(Phase phase) {
    return switch (phase) {
      case PENDING -> "The job's Pods are not running yet.";
      case QUEUED -> "The job waits for its turn.";
      case STARTING -> "The job's Pods start.";
      case PRETRAINING -> "The connector is trained on captions.";
      case FINETUNING -> "The model is trained on conversations.";
      case EVALUATING -> "The model is scored.";
      case SUSPENDING -> "A checkpoint is saved before the Pods are given back.";
      case SUSPENDED -> "The job has no Pods until spec.suspend is false.";
      case RESTARTING -> "The gang comes together again to go on from the newest checkpoint.";
      case SUCCEEDED -> "All stages are complete.";
      case FAILED -> "The job has failed.";
    };
  }
}
