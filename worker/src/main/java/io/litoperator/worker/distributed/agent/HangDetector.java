package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Finds that ranks of an attempt train or save and get no further, or do something else and none is
 * heard any more, and which of them is the one that the others wait for; before, it has all of them
 * tell their stacks.
 */
final class HangDetector {
  private static final Duration STACKS_TIMEOUT = Duration.ofSeconds(5);

  private final AgentPlan plan;
  private final Gang ranks;
  private final Evidence evidence;
  private final LongSupplier nanoTime;
  private long excusedNanos;

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
    this(plan, attempt, ranks, listener, System::nanoTime);
  }

  HangDetector(AgentPlan plan, int attempt, Gang ranks, Listener listener, LongSupplier nanoTime) {
    this.plan = plan;
    this.ranks = ranks;
    this.nanoTime = nanoTime;
    excusedNanos = nanoTime.getAsLong();
    this.evidence =
        new Evidence(plan.evidence(), attempt, told -> listener.on(new Event.Notice(told)));
  }

  /** A rank has told its stacks. */
  void hear(RankProcess rank, RankMessage.Stacks stacks) {
    evidence.write(rank.rank(), stacks.text());
  }

  /**
   * To be asked again and again.
   *
   * @param wait for the ranks' stacks
   * @return the end of the rank that hangs, if one does
   */
  Optional<RankEnd> find(Wait wait) {
    excuse();
    Duration timeout = plan.recovery().hangTimeout();
    if (hang(timeout).isPresent()) {
      collectStacks(wait);
    }
    return hang(timeout);
  }

  /** Ranks may have to wait for another that does something else, or whose files move. */
  private void excuse() {
    long now = nanoTime.getAsLong();
    if (ranks.anyAtOtherWork()) {
      excusedNanos = now;
    } else if (ranks.anySaving()) {
      excusedNanos = Math.max(excusedNanos, now - ranks.stillness().toNanos());
    }
  }

  private Optional<RankEnd> hang(Duration timeout) {
    Optional<RankProcess> writing = ranks.stuckInWriting(timeout);
    if (writing.isPresent()) {
      return writing.map(this::stuckInWriting);
    }
    if (ranks.anyAtOtherWork() && ranks.silence().compareTo(plan.recovery().silence()) > 0) {
      return Optional.of(silent(ranks.laggardAtOtherWork()));
    }
    boolean excused = nanoTime.getAsLong() - excusedNanos <= timeout.toNanos();
    return excused || !ranks.anyStuckFor(timeout)
        ? Optional.empty()
        : Optional.of(stuck(ranks.laggard(), timeout));
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

  private RankEnd stuckInWriting(RankProcess culprit) {
    SavingRank saving = culprit.saving();
    return RankEnd.hangs(
        culprit.rank(),
        "Rank %d is saving %s and has got no further %s: %s; the stacks of all ranks are in %s."
            .formatted(
                culprit.rank(),
                saving.checkpoint(),
                since(saving.stillness()),
                saving.progress(),
                plan.evidence()));
  }

  private RankEnd silent(RankProcess culprit) {
    return RankEnd.hangs(
        culprit.rank(),
        "Rank %d %s, and no rank has told of anything %s; the stacks of all ranks are in %s."
            .formatted(
                culprit.rank(),
                culprit.activity() == Activity.EVALUATING ? "evaluates" : "starts or loads",
                since(ranks.silence()),
                plan.evidence()));
  }

  private static String since(Duration past) {
    return "since %s, for %d s"
        .formatted(Instant.now().minus(past).truncatedTo(ChronoUnit.SECONDS), past.toSeconds());
  }

  private RankEnd stuck(RankProcess culprit, Duration timeout) {
    return RankEnd.hangs(
        culprit.rank(),
        "Rank %d made no progress after step %d for %s s; the stacks of all ranks are in %s."
            .formatted(culprit.rank(), culprit.step(), timeout.toMillis() / 1e3, plan.evidence()));
  }
}
