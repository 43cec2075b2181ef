package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Finds that ranks of an attempt train and get no further, and which of them is the one that the
 * others wait for; before, it has all of them tell their stacks.
 */
final class HangDetector {
  private static final Duration STACKS_TIMEOUT = Duration.ofSeconds(5);

  private final AgentPlan plan;
  private final Gang ranks;
  private final Evidence evidence;
  private long excusedNanos = System.nanoTime();

  /** Deals with what happens, until a condition holds or the time is over. */
  @FunctionalInterface
  interface Wait {
    void until(Duration timeout, BooleanSupplier condition);
  }

  /**
   * @param ranks of the attempt
   * @param listener told if stacks cannot be kept
   */
  HangDetector(AgentPlan plan, int attempt, Gang ranks, Listener listener) {
    this.plan = plan;
    this.ranks = ranks;
    this.evidence =
        new Evidence(plan.evidence(), attempt, told -> listener.on(new Event.Notice(told)));
  }

  /** A rank has told its stacks. */
  void hear(RankProcess rank, RankMessage.Stacks stacks) {
    rank.stacks(stacks);
    evidence.write(rank.rank(), stacks.text());
  }

  /**
   * To be asked again and again.
   *
   * @param wait for the ranks' stacks
   * @return the end of the rank that hangs, if one does
   */
  Optional<RankEnd> find(Wait wait) {
    if (ranks.anyBusyOtherwise()) {
      // Those that train may have to wait for it.
      excusedNanos = System.nanoTime();
    }
    Duration timeout = plan.recovery().hangTimeout();
    boolean excused = System.nanoTime() - excusedNanos <= timeout.toNanos();
    if (excused || !ranks.anyStuckFor(timeout)) {
      return Optional.empty();
    }
    collectStacks(wait);
    return ranks.anyStuckFor(timeout) ? Optional.of(hang(timeout)) : Optional.empty();
  }

  private void collectStacks(Wait wait) {
    ranks.tell(new AgentMessage.DumpStacks());
    wait.until(STACKS_TIMEOUT, this::haveAllAnswered);
    for (RankProcess rank : ranks) {
      if (!evidence.has(rank.rank())) {
        evidence.write(rank.rank(), "The process did not answer.");
      }
    }
  }

  private boolean haveAllAnswered() {
    for (RankProcess rank : ranks) {
      if (!rank.isGone() && !evidence.has(rank.rank())) {
        return false;
      }
    }
    return true;
  }

  private RankEnd hang(Duration timeout) {
    RankProcess culprit = ranks.laggard();
    return RankEnd.hangs(
        culprit.rank(),
        "Rank %d made no progress after step %d for %s s; the stacks of all ranks are in %s."
            .formatted(culprit.rank(), culprit.step(), timeout.toMillis() / 1e3, plan.evidence()));
  }
}
