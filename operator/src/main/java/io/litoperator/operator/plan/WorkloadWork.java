package io.litoperator.operator.plan;

import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.ObservedWorkload;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.snapshot.World;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Course.Halt;
import java.util.Optional;

/**
 * Sees to the Workload by which Kueue holds a gang's quota and its place in the queue.
 *
 * <p>Kueue lets the Pods alone own it. So it would go with the last of them, though that comes back
 * under its name, and Kueue, which ends the Pods of a Workload that goes, would end the new one.
 * Before Pods are let go the job becomes an owner, as a StatefulSet is in Kueue; and a Workload
 * that is of no use to the job's next Pods is deleted before any is made.
 *
 * @param action what is to be done about it
 * @param letsPodsGo whether Kueue's finalizer may be taken off Pods
 * @param letsMakePods whether Pods may be made that will belong to it
 */
record WorkloadWork(Optional<Action> action, boolean letsPodsGo, boolean letsMakePods) {
  private static final WorkloadWork NONE = new WorkloadWork(Optional.empty(), true, true);

  /**
   * @param roll of the course's members
   */
  static WorkloadWork of(Snapshot snapshot, Course course, Roll roll) {
    Optional<ObservedWorkload> there = snapshot.workload().map(ObservedWorkload::new);
    if (there.isEmpty()) {
      return NONE;
    }
    ObservedWorkload workload = there.get();
    if (workload.isTerminating()) {
      return new WorkloadWork(Optional.empty(), true, false);
    }
    boolean owned = workload.isOwnedBy(snapshot.job().getMetadata().getUid());
    if (isOfNoUse(workload, owned, snapshot, course, roll)) {
      return new WorkloadWork(
          Optional.of(new Action.DeleteWorkload(workload.workload())), false, false);
    }
    boolean orphaned = snapshot.workers().stream().anyMatch(ObservedPod::isKeptByKueue) && !owned;
    return orphaned && course.halt() == Halt.NONE
        ? new WorkloadWork(
            Optional.of(new Action.OwnWorkload(snapshot.job(), workload.workload())), false, true)
        : NONE;
  }

  /** While Pods run only where they will have to queue again, as Kueue ends them with it. */
  private static boolean isOfNoUse(
      ObservedWorkload workload, boolean owned, Snapshot snapshot, Course course, Roll roll) {
    if (course.halt() != Halt.NONE) {
      return course.halt() == Halt.SUSPEND && course.halted();
    }
    boolean idle =
        snapshot.workers().stream().allMatch(pod -> pod.isEnded() || pod.isTerminating());
    boolean another = snapshot.workers().isEmpty() && !owned;
    return idle && (another || !fits(workload, snapshot)) || lacks(workload, roll);
  }

  private static boolean fits(ObservedWorkload workload, Snapshot snapshot) {
    World world = World.of(snapshot.job().getSpec().topology());
    return workload.pods() == world.nodes()
        && snapshot.workers().stream()
            .flatMap(pod -> World.of(pod.pod()).stream())
            .allMatch(world::equals);
  }

  /** Kueue gives no quota again for a Pod that succeeded, though its gang has to begin anew. */
  private static boolean lacks(ObservedWorkload workload, Roll roll) {
    return workload.reclaimed() > roll.entries().stream().filter(Roll.Entry::isSucceeded).count();
  }
}
