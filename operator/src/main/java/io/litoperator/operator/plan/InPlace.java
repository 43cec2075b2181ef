package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.RecoverySpec;
import io.litoperator.api.v1alpha1.RecoverySpec.Action;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Coordination;
import io.litoperator.operator.status.Course;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Takes the restarts that the coordinator has seen to by itself into the job's account. */
final class InPlace {
  private InPlace() {}

  static Course fold(Snapshot snapshot, Course course) {
    return snapshot
        .status()
        .map(LitTrainingJobStatus::coordinator)
        .filter(coordinator -> coordinator.podUid() != null && coordinator.restarts() != null)
        .map(coordinator -> fold(snapshot, course, coordinator))
        .orElse(course);
  }

  private static Course fold(Snapshot snapshot, Course course, Coordinator coordinator) {
    Map<String, Integer> news =
        Ledger.uncounted(course.restarts(), coordinator.podUid(), coordinator.restarts());
    if (news.isEmpty()) {
      return course;
    }
    RecoverySpec recovery = snapshot.job().getSpec().recovery();
    Restarts restarts = course.restarts();
    int costs = 0;
    LastFailure last = course.lastFailure();
    List<Cause> causes = new ArrayList<>();
    Optional<Course.Failed> forbidden = Optional.empty();
    for (Map.Entry<String, Integer> more : news.entrySet()) {
      Cause cause =
          Cause.inPlace(
              more.getKey(), Optional.ofNullable(coordinator.lastFailure()), snapshot.now());
      causes.add(cause);
      Action action = Rules.of(cause, recovery);
      restarts = Ledger.with(restarts, more.getKey(), more.getValue());
      costs += action == Action.RESTART_FREE ? 0 : more.getValue();
      last = cause.failure();
      if (action == Action.FAIL) {
        forbidden =
            Optional.of(new Course.Failed(cause.failure().reason(), cause.failure().message()));
      }
    }
    if (costs > 0) {
      restarts = Budget.charged(snapshot, restarts, costs);
    }
    restarts = Ledger.counted(restarts, coordinator.podUid(), coordinator.restarts());
    Course folded =
        course
            .avoiding(AvoidedNodes.after(course.avoidedNodes(), causes.stream()))
            .goOn(
                course.members(),
                Math.max(course.attempt(), Coordination.attempt(coordinator)),
                restarts,
                last);
    if (forbidden.isPresent()) {
      return folded.ended(forbidden.get());
    }
    return Budget.isOverdrawn(restarts, recovery)
        ? folded.ended(Budget.exhausted(recovery, last))
        : folded;
  }
}
