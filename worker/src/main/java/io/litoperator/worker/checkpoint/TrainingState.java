package io.litoperator.worker.checkpoint;

import com.fasterxml.jackson.annotation.JsonGetter;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.Stage;
import java.util.Objects;

/**
 * {@code state.json}: where training stands, besides parameters and optimizer moments.
 *
 * @param step optimizer steps done in the stage; the sampler's and the schedule's position follow
 *     from it
 * @param worldSize ranks that trained; others may go on, correctly but not bit-identically
 * @param objective of the fine-tune
 * @param plan what must not change until training goes on; {@link Fingerprint#ofPlan}
 * @param modelDigest digest of {@link Fingerprint#ofModel} over the parameters
 */
@JsonIgnoreProperties(
    value = {"planDigest", "random"}, // Earlier versions wrote the latter, always empty.
    allowGetters = true)
public record TrainingState(
    Stage stage,
    long step,
    long seed,
    int worldSize,
    Objective objective,
    Fingerprint plan,
    String modelDigest) {

  public TrainingState {
    Objects.requireNonNull(stage);
    Objects.requireNonNull(objective);
    Objects.requireNonNull(plan);
    Objects.requireNonNull(modelDigest);
  }

  public CheckpointId id() {
    return new CheckpointId(stage, step);
  }

  /** Written for those who compare checkpoints from outside. */
  @JsonGetter
  String planDigest() {
    return plan.digest();
  }
}
