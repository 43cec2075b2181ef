package io.litoperator.operator.plan;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Coordination;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Course.Halt;
import io.litoperator.operator.status.StartTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Decides a job's course from what was recorded and what is there. */
final class Courses {
  private Courses() {}

  static Course plot(Snapshot snapshot) {
    Course recorded = recorded(snapshot);
    Course folded = InPlace.fold(snapshot, recorded);
    Roll roll = Roll.call(snapshot, folded.members());
    Course known = noteGang(snapshot, folded.withMembers(roll.adopted()));
    if (isDone(snapshot, known, roll)) {
      return known.ended(new Course.Succeeded("Succeeded", "All stages are complete."));
    }
    if (known.end().isPresent()) {
      return known;
    }
    Halt halt = Halting.wanted(snapshot, roll);
    if (halt != Halt.SUSPEND && isOverdue(snapshot, known)) {
      return known.ended(
          new Course.Failed(
              "DeadlineExceeded",
              "The job has not finished within the %d s that spec.activeDeadlineSeconds allows."
                  .formatted(snapshot.job().getSpec().activeDeadlineSeconds())));
    }
    return halt == Halt.NONE
        ? Recovery.after(snapshot, known, roll)
        : Halting.halt(snapshot, known, roll, halt);
  }

  /** A coordinator that waits for a lost member does not tell any more that its gang was whole. */
  private static Course noteGang(Snapshot snapshot, Course course) {
    return Coordination.hasFormed(snapshot, course.members(), course.attempt())
        ? course.withRestarts(Ledger.formed(course.restarts(), course.attempt()))
        : course;
  }

  /** What the status says, or the first attempt's beginning. */
  static Course recorded(Snapshot snapshot) {
    Optional<LitTrainingJobStatus> status = snapshot.status();
    int attempt = status.map(LitTrainingJobStatus::attempt).orElse(1);
    int nodes = snapshot.job().getSpec().topology().nodes();
    List<Member> members =
        status
            .map(LitTrainingJobStatus::members)
            .filter(list -> !list.isEmpty())
            .orElseGet(() -> Roll.vacant(nodes, attempt));
    return new Course(
        members,
        attempt,
        Ledger.opened(status.map(LitTrainingJobStatus::restarts)),
        status.map(LitTrainingJobStatus::lastFailure).orElse(null),
        status.map(LitTrainingJobStatus::avoidedNodes).orElseGet(List::of),
        Halt.NONE,
        false,
        Optional.empty());
  }

  /** When the job fails for having taken too long; empty without a deadline, and in a queue. */
  static Optional<Instant> deadline(Snapshot snapshot, Course course) {
    Long seconds = snapshot.job().getSpec().activeDeadlineSeconds();
    return seconds == null
        ? Optional.empty()
        : StartTime.of(snapshot, course.members()).map(start -> start.plusSeconds(seconds));
  }

  private static boolean isOverdue(Snapshot snapshot, Course course) {
    return deadline(snapshot, course).filter(limit -> !snapshot.now().isBefore(limit)).isPresent();
  }

  /**
   * Agent 0 ends well, or says so, only when all others have ended their work; what becomes of
   * their Pods after that does not matter.
   */
  private static boolean isDone(Snapshot snapshot, Course course, Roll roll) {
    if (roll.first().isSucceeded()) {
      return true;
    }
    boolean reported =
        Coordination.current(snapshot, course.members())
            .filter(coordinator -> coordinator.activity() == Activity.DONE)
            .isPresent();
    return reported
        && (roll.first().isGone()
            || roll.first().pod().filter(ObservedPod::isTerminating).isPresent());
  }
}
