package io.litoperator.worker.distributed.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How ranks of an attempt failed, until it is clear which of it is the cause. */
final class RankFailures {
  /** How long a rank that lost a peer is believed before the peer's own end must be known. */
  private static final Duration CAUSE_TIMEOUT = Duration.ofSeconds(5);

  private final List<RankEnd> inOrder = new ArrayList<>();
  private long firstNanos;

  /** An end that is as it should be is none. */
  void note(RankEnd end) {
    if (end.kind() == RankEnd.Kind.REGULAR) {
      return;
    }
    if (inOrder.isEmpty()) {
      firstNanos = System.nanoTime();
    }
    inOrder.add(end);
  }

  boolean none() {
    return inOrder.isEmpty();
  }

  /**
   * The cause, if there is a failure and nothing that may come explains it better.
   *
   * @param allGone whether no rank can fail any more
   */
  Optional<RankEnd> cause(boolean allGone) {
    if (none()) {
      return Optional.empty();
    }
    RankEnd cause = RankEnd.rootCause(inOrder);
    boolean certain =
        allGone
            || cause.kind() != RankEnd.Kind.CONSEQUENCE
            || System.nanoTime() - firstNanos > CAUSE_TIMEOUT.toNanos();
    return certain ? Optional.of(cause) : Optional.empty();
  }
}
