package io.litoperator.operator.status;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.List;
import java.util.Optional;

/** What the coordinator has reported, as far as it is of the current gang. */
public final class Coordination {
  private Coordination() {}

  /** The newest report's gist, if it came from the Pod that is counted on as node 0. */
  public static Optional<Coordinator> current(Snapshot snapshot, List<Member> members) {
    return snapshot
        .status()
        .map(LitTrainingJobStatus::coordinator)
        .filter(
            coordinator ->
                coordinator.podUid() != null
                    && !members.isEmpty()
                    && coordinator.podUid().equals(members.get(0).podUid()));
  }

  /** How many agents the coordinator has, its own included; 0 if it has said nothing. */
  static int registeredNodes(Snapshot snapshot, List<Member> members) {
    return current(snapshot, members).map(Coordinator::registeredNodes).orElse(0);
  }

  /** Whether the gang of this attempt has once been complete. */
  public static boolean hasFormed(Snapshot snapshot, List<Member> members, int attempt) {
    return current(snapshot, members)
        .filter(coordinator -> attempt(coordinator) >= attempt)
        .filter(coordinator -> isAtWork(coordinator.activity()))
        .isPresent();
  }

  public static int attempt(Coordinator coordinator) {
    return coordinator.attempt() == null ? 0 : coordinator.attempt();
  }

  /** Number of the attempt after this one; the coordinator's own count may be ahead. */
  public static int nextAttempt(Snapshot snapshot, int attempt) {
    int reported =
        snapshot
            .status()
            .map(LitTrainingJobStatus::coordinator)
            .map(Coordination::attempt)
            .orElse(0);
    return Math.max(attempt, reported) + 1;
  }

  /** Whether there may be something to save. */
  public static boolean isAtWork(Activity activity) {
    return activity != null && activity != Activity.WAITING;
  }
}
