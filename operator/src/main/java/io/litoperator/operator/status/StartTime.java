package io.litoperator.operator.status;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when a job has been let run: since a Pod of it was first free of scheduling gates. What a
 * job waits in a queue is not its own time.
 */
public final class StartTime {
  private StartTime() {}

  /**
   * @param members that are counted on now
   * @return empty before the first Pod, and while a queue holds all of them
   */
  public static Optional<Instant> of(Snapshot snapshot, List<Member> members) {
    Set<String> present = uids(members);
    List<ObservedPod> pods =
        snapshot.workers().stream().filter(pod -> present.contains(pod.uid())).toList();
    if (!pods.isEmpty() && pods.stream().allMatch(ObservedPod::isGated)) {
      return Optional.empty();
    }
    Optional<Instant> before =
        snapshot.status().map(LitTrainingJobStatus::startTime).map(Instant::parse);
    return before.or(() -> first(snapshot, pods));
  }

  /** One that was on record and had not started the time was gated until now. */
  private static Optional<Instant> first(Snapshot snapshot, List<ObservedPod> pods) {
    Set<String> onRecord =
        snapshot.status().map(status -> uids(status.members())).orElseGet(Set::of);
    return pods.stream()
        .filter(pod -> !pod.isGated())
        .map(pod -> onRecord.contains(pod.uid()) ? snapshot.now() : pod.createdAt())
        .min(Comparator.naturalOrder());
  }

  private static Set<String> uids(List<Member> members) {
    return members == null
        ? Set.of()
        : members.stream().map(Member::podUid).filter(Objects::nonNull).collect(Collectors.toSet());
  }
}
