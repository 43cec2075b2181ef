package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.Directive;
import io.litoperator.api.progress.ProgressReply;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.TopologySpec;
import io.litoperator.operator.snapshot.World;
import io.litoperator.operator.status.Phases;
import java.util.Optional;

/** What the operator wants of a gang that has reported. */
final class Directives {
  private static final ProgressReply CONTINUE = new ProgressReply(Directive.CONTINUE, null);

  private Directives() {}

  /**
   * @param coordinator the Pod that reports; empty if no informer has it yet
   * @param activity what it says it is at
   */
  static ProgressReply reply(LitTrainingJob job, Optional<Pod> coordinator, Activity activity) {
    if (activity == Activity.DONE || activity == Activity.STOPPED) {
      return CONTINUE; // It ends by itself, and may say so until the last report has arrived.
    }
    if (job.getMetadata().getDeletionTimestamp() != null) {
      return abort("The job is being deleted.");
    }
    if (job.told().map(LitTrainingJobStatus::phase).filter(Phases::isOver).isPresent()) {
      return abort("The job is over.");
    }
    if (Boolean.TRUE.equals(job.getSpec().suspend())) {
      return stop("spec.suspend is true.");
    }
    return coordinator.isPresent() && isResized(job.getSpec().topology(), coordinator.get())
        ? stop("spec.topology has changed.")
        : CONTINUE;
  }

  private static boolean isResized(TopologySpec wanted, Pod pod) {
    return World.of(pod).filter(world -> !world.equals(World.of(wanted))).isPresent();
  }

  private static ProgressReply stop(String why) {
    return new ProgressReply(Directive.CHECKPOINT_AND_STOP, why);
  }

  private static ProgressReply abort(String why) {
    return new ProgressReply(Directive.ABORT, why);
  }
}
