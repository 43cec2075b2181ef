package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.List;
import java.util.Objects;

/**
 * How far training has got.
 *
 * @param stage null before the first step
 * @param step in this stage; null before the first
 */
record Position(String stage, Long step) {
  static final Position NOWHERE = new Position(null, null);

  private static final List<String> STAGES = List.of("pretrain", "finetune");

  /** What the coordinator has last told. */
  static Position reached(Snapshot snapshot) {
    return snapshot
        .status()
        .map(LitTrainingJobStatus::progress)
        .filter(Position::hasStepped)
        .map(told -> new Position(told.stage(), told.step()))
        .orElse(NOWHERE);
  }

  private static boolean hasStepped(Progress told) {
    return told.stage() != null && told.step() != null && told.step() > 0;
  }

  boolean isBeyond(Position other) {
    return stepsBeyond(other) > 0;
  }

  Position orFurther(Position other) {
    return other.isBeyond(this) ? other : this;
  }

  /** At least so many, as a stage's length is not known here; 0 of one that is not beyond. */
  long stepsBeyond(Position other) {
    if (Objects.equals(stage, other.stage)) {
      return stage == null ? 0 : Math.max(0, step - other.step);
    }
    return order() > other.order() ? step : 0;
  }

  private int order() {
    return stage == null ? -1 : STAGES.indexOf(stage);
  }
}
