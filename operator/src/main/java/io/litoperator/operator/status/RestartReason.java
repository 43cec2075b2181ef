package io.litoperator.operator.status;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What restarts of gangs are counted by. A worker may report others, which stand as they are. */
public enum RestartReason {
  ACCELERATOR_FAULT("AcceleratorFault"),
  EVICTED("Evicted"),
  HANG("Hang"),
  INIT_CONTAINER_FAILED("InitContainerFailed"),
  INTERRUPTED("Interrupted"),
  NODE_LOST("NodeLost"),
  OOM_KILLED("OOMKilled"),
  PEER_LOST("PeerLost"),
  POD_DELETED("PodDeleted"),
  POD_FAILED("PodFailed"),
  POD_REJECTED("PodRejected"),
  PREEMPTED("Preempted"),
  RANK_FAILED("RankFailed"),
  RANK_OOM_KILLED("RankOOMKilled"),
  STORAGE_FAULT("StorageFault"),
  STORAGE_LIMIT_EXCEEDED("StorageLimitExceeded"),

  /** By a wish: the only one that is no failure. */
  RESIZED("Resized");

  private final String word;

  RestartReason(String word) {
    this.word = word;
  }

  /** As the status has it. */
  public String word() {
    return word;
  }

  public boolean is(String reason) {
    return word.equals(reason);
  }

  public static Set<String> words() {
    return Stream.of(values()).map(RestartReason::word).collect(Collectors.toUnmodifiableSet());
  }

  /** Those by which a lost Pod or rank is recorded. */
  public static Set<String> failures() {
    return Stream.of(values())
        .filter(reason -> reason != RESIZED)
        .map(RestartReason::word)
        .collect(Collectors.toUnmodifiableSet());
  }
}
