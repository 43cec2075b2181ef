package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.Condition;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.snapshot.World;
import io.litoperator.operator.status.Coordination;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Course.Halt;
import io.litoperator.operator.status.RestartReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Brings a gang to rest, because the job is suspended or is to have another size. The coordinator
 * is asked first, by the reply to its report, so that all ranks save one checkpoint; Pods that do
 * not end by that are deleted.
 */
final class Halting {
  private static final String RESIZING = "Resizing";

  private Halting() {}

  static Halt wanted(Snapshot snapshot, Roll roll) {
    if (Boolean.TRUE.equals(snapshot.job().getSpec().suspend())) {
      return Halt.SUSPEND;
    }
    return roll.fits(World.of(snapshot.job().getSpec().topology())) ? Halt.NONE : Halt.RESIZE;
  }

  static boolean isResizing(LitTrainingJobStatus status) {
    return ready(status).filter(ready -> RESIZING.equals(ready.getReason())).isPresent();
  }

  static Course halt(Snapshot snapshot, Course course, Roll roll, Halt halt) {
    if (roll.anyLive()) {
      return course.halting(halt, false);
    }
    Optional<Course.Failed> permanent = Recovery.permanent(snapshot, course, roll);
    if (permanent.isPresent()) {
      return course.ended(permanent.get());
    }
    int attempt =
        roll.anyFilled() ? Coordination.nextAttempt(snapshot, course.attempt()) : course.attempt();
    Restarts counted =
        halt == Halt.RESIZE && roll.anyFilled()
            ? Ledger.with(course.restarts(), RestartReason.RESIZED.word(), 1)
            : course.restarts();
    // Who suspends, resumes or resizes a job wants to see what becomes of it.
    Restarts restarts = Ledger.paced(counted, null);
    int nodes = snapshot.job().getSpec().topology().nodes();
    return course
        .goOn(Roll.vacant(nodes, attempt), attempt, restarts, course.lastFailure())
        .halting(halt == Halt.RESIZE ? Halt.NONE : halt, true);
  }

  /**
   * When Pods that have not ended are deleted: at once if there is nothing to save or nobody to
   * ask, else when the coordinator has had its time.
   */
  static Instant deadline(Snapshot snapshot, Course course, Duration patience) {
    boolean working =
        Coordination.current(snapshot, course.members())
            .filter(coordinator -> Coordination.isAtWork(coordinator.activity()))
            .isPresent();
    return working ? halting(snapshot).orElse(snapshot.now()).plus(patience) : snapshot.now();
  }

  /** Since when the status says so: the condition Running has been false since then. */
  private static Optional<Instant> halting(Snapshot snapshot) {
    return snapshot
        .status()
        .filter(status -> status.phase() == Phase.SUSPENDING || isResizing(status))
        .flatMap(status -> condition(status, "Running"))
        .map(Condition::getLastTransitionTime)
        .map(Instant::parse);
  }

  private static Optional<Condition> ready(LitTrainingJobStatus status) {
    return condition(status, "Ready");
  }

  private static Optional<Condition> condition(LitTrainingJobStatus status, String type) {
    return status.conditions() == null
        ? Optional.empty()
        : status.conditions().stream()
            .filter(condition -> condition.getType().equals(type))
            .findFirst();
  }
}
