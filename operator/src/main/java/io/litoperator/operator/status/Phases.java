package io.litoperator.operator.status;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Where a job stands, in one word. */
public final class Phases {
  private static final Set<Phase> OVER = EnumSet.of(Phase.SUCCEEDED, Phase.FAILED);
  private static final Set<Phase> TRAINING =
      EnumSet.of(Phase.PRETRAINING, Phase.FINETUNING, Phase.EVALUATING);

  /** Before the first step since the job was made or resumed; what follows a loss is a restart. */
  private static final Set<Phase> BEFORE_START =
      EnumSet.of(Phase.PENDING, Phase.QUEUED, Phase.STARTING, Phase.SUSPENDED);

  private Phases() {}

  /**
   * @param phase null before the first
   */
  public static boolean isOver(Phase phase) {
    return OVER.contains(phase);
  }

  /** Whether ranks compute. */
  public static boolean isTraining(Phase phase) {
    return TRAINING.contains(phase);
  }

  static Phase of(Snapshot snapshot, Course course, Optional<Obstacle> obstacle) {
    if (course.end().isPresent()) {
      return course.end().get() instanceof Course.Succeeded ? Phase.SUCCEEDED : Phase.FAILED;
    }
    if (course.halt() == Course.Halt.SUSPEND) {
      return course.halted() ? Phase.SUSPENDED : Phase.SUSPENDING;
    }
    if (course.halt() == Course.Halt.RESIZE) {
      return Phase.RESTARTING;
    }
    if (obstacle.isPresent()) {
      return obstacle.get().phase();
    }
    return working(snapshot, course);
  }

  private static Phase working(Snapshot snapshot, Course course) {
    Phase before = snapshot.status().map(LitTrainingJobStatus::phase).orElse(Phase.PENDING);
    Phase idle =
        BEFORE_START.contains(before) && course.lastFailureIsOld(snapshot)
            ? Phase.STARTING
            : Phase.RESTARTING;
    if (!Coordination.hasFormed(snapshot, course.members(), course.attempt())) {
      return idle;
    }
    Activity activity = Coordination.current(snapshot, course.members()).orElseThrow().activity();
    return switch (activity) {
      case WAITING -> idle;
      case PRETRAINING -> Phase.PRETRAINING;
      case FINETUNING -> Phase.FINETUNING;
      case EVALUATING -> Phase.EVALUATING;
      case STOPPING, STOPPED, DONE -> TRAINING.contains(before) ? before : idle;
    };
  }
}
