package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.snapshot.World;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Who is there of those that are counted on. */
record Roll(List<Entry> entries) {
  /**
   * @param pod the member's own: the one recorded, or where none is, one made for this attempt
   */
  record Entry(Member member, Optional<ObservedPod> pod) {
    private static Entry of(Snapshot snapshot, Member member) {
      return new Entry(
          member,
          snapshot
              .pod(member.index())
              .filter(pod -> pod.isOwnedBy(snapshot.job().getMetadata().getUid()))
              .filter(
                  pod ->
                      member.podUid() == null
                          ? pod.attempt() == member.attempt()
                          : pod.uid().equals(member.podUid())));
    }

    boolean isSucceeded() {
      return pod.filter(ObservedPod::isSucceeded).isPresent();
    }

    boolean isLive() {
      return pod.filter(there -> !there.isEnded()).isPresent();
    }

    /** Whether a Pod was recorded that is no more. */
    boolean isGone() {
      return member.podUid() != null && pod.isEmpty();
    }

    boolean isFilled() {
      return member.podUid() != null || pod.isPresent();
    }

    private Member adopted() {
      return new Member(
          member.index(), pod.map(ObservedPod::uid).orElse(member.podUid()), member.attempt());
    }
  }

  static Roll call(Snapshot snapshot, List<Member> members) {
    return new Roll(members.stream().map(member -> Entry.of(snapshot, member)).toList());
  }

  /** Nodes of which no Pod has been seen yet. */
  static List<Member> vacant(int nodes, int attempt) {
    return IntStream.range(0, nodes).mapToObj(index -> new Member(index, null, attempt)).toList();
  }

  /** The members, with the Pods that are there recorded. */
  List<Member> adopted() {
    return entries.stream().map(Entry::adopted).toList();
  }

  boolean anyLive() {
    return entries.stream().anyMatch(Entry::isLive);
  }

  boolean anyFilled() {
    return entries.stream().anyMatch(Entry::isFilled);
  }

  /** Whether all Pods that are there were made for a gang of this size. */
  boolean fits(World world) {
    return entries.size() == world.nodes()
        && entries.stream()
            .flatMap(entry -> entry.pod().stream())
            .flatMap(pod -> World.of(pod.pod()).stream())
            .allMatch(world::equals);
  }

  Entry first() {
    return entries.get(0);
  }
}
