package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Listener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * One start of all ranks, until all have ended. A single thread deals with what happens, one thing
 * after the other.
 */
final class Attempt {
  /** How long ranks may take to register: a busy machine starts processes slowly. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  /** How long a rank that lost a peer is believed before the peer's own end must be known. */
  private static final Duration CAUSE_TIMEOUT = Duration.ofSeconds(5);

  private static final Duration STACKS_TIMEOUT = Duration.ofSeconds(5);

  /** How long a process may live after its last words. */
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration TICK = Duration.ofMillis(100);

  private final AgentPlan plan;
  private final RankCommand command;
  private final RankEnvironment firstRank;
  private final BlockingQueue<Happening> inbox;
  private final IntSupplier stopRequests;
  private final Listener listener;
  private final Evidence evidence;

  private final Gang ranks = new Gang();
  private final List<RankEnd> failures = new ArrayList<>();
  private final long startNanos = System.nanoTime();
  private long firstFailureNanos;
  private long excusedNanos = startNanos;
  private boolean started;
  private boolean stopping;

  /**
   * @param firstRank rank 0's environment; the others' differ by the rank
   * @param inbox may still hold what happened in earlier attempts
   * @param stopRequests so far; 1 asks for a checkpoint, more for an end at once
   */
  Attempt(
      AgentPlan plan,
      RankCommand command,
      RankEnvironment firstRank,
      BlockingQueue<Happening> inbox,
      IntSupplier stopRequests,
      Listener listener) {
    this.plan = plan;
    this.command = command;
    this.firstRank = firstRank;
    this.inbox = inbox;
    this.stopRequests = stopRequests;
    this.listener = listener;
    this.evidence = new Evidence(plan.evidence(), firstRank.attempt());
  }

  /** Starts the ranks and returns when none is left. */
  AttemptResult run(Optional<String> resume) {
    try {
      for (int rank = 0; rank < plan.ranks(); rank++) {
        start(rank);
      }
      while (true) {
        Optional<AttemptResult> result = result();
        if (result.isPresent()) {
          return result.get();
        }
        dealWithNext(TICK);
        publishWorldOnce(resume);
        passStopOn();
        endLingering();
        findHang();
      }
    } finally {
      endAll();
    }
  }

  private void start(int rank) {
    RankProcess process = RankProcess.start(command, firstRank.forRank(rank), plan.log(rank));
    ranks.add(process);
    int attempt = firstRank.attempt();
    process
        .process()
        .onExit()
        .thenAccept(ended -> inbox.add(new Happening.Exited(attempt, rank, ended.exitValue())));
  }

  private Optional<AttemptResult> result() {
    if (stopRequests.getAsInt() > 1) {
      return Optional.of(new AttemptResult.Aborted());
    }
    boolean allGone = ranks.allGone();
    if (!failures.isEmpty()) {
      RankEnd cause = RankEnd.rootCause(failures);
      boolean certain =
          cause.kind() != RankEnd.Kind.CONSEQUENCE || isPast(firstFailureNanos, CAUSE_TIMEOUT);
      return allGone || certain
          ? Optional.of(new AttemptResult.Failed(cause, ranks.furthestStep()))
          : Optional.empty();
    }
    if (!allGone) {
      return Optional.empty();
    }
    return Optional.of(
        ranks.allDone() ? new AttemptResult.Finished() : new AttemptResult.Stopped());
  }

  private void dealWithNext(Duration patience) {
    try {
      Happening happening = inbox.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
      if (happening instanceof Happening.Registered registered) {
        register(registered);
      } else if (happening instanceof Happening.Said said && isOurs(said.attempt(), said.rank())) {
        hear(ranks.get(said.rank()), said.message());
      } else if (happening instanceof Happening.HungUp end && isOurs(end.attempt(), end.rank())) {
        ranks.get(end.rank()).hungUp();
        noteIfGone(ranks.get(end.rank()));
      } else if (happening instanceof Happening.Exited end && isOurs(end.attempt(), end.rank())) {
        ranks.get(end.rank()).exited(end.status());
        noteIfGone(ranks.get(end.rank()));
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted while ranks were running.", e);
    }
  }

  private boolean isOurs(int attempt, int rank) {
    return attempt == firstRank.attempt() && ranks.has(rank);
  }

  private void register(Happening.Registered happening) {
    Handshake.Registration who = happening.registration();
    if (isOurs(who.attempt(), who.rank())) {
      ranks.get(who.rank()).registered(who, happening.connection());
    }
  }

  private void hear(RankProcess rank, RankMessage message) {
    if (message instanceof RankMessage.Heartbeat heartbeat) {
      rank.heartbeat(heartbeat);
    } else if (message instanceof RankMessage.Told told) {
      listener.on(told.event());
    } else if (message instanceof RankMessage.Stacks stacks) {
      rank.stacks(stacks);
      evidence.write(rank.rank(), stacks.text());
    } else if (message instanceof RankMessage.Ended words) {
      RankEnd end = RankEnd.said(rank.rank(), words);
      rank.ended(end);
      noteFailure(end);
    }
  }

  private void noteIfGone(RankProcess rank) {
    if (rank.isGone() && rank.end().isEmpty()) {
      RankEnd end = RankEnd.exited(rank.rank(), rank.exitStatus(), plan.log(rank.rank()));
      rank.ended(end);
      noteFailure(end);
    }
  }

  private void noteFailure(RankEnd end) {
    if (end.kind() == RankEnd.Kind.REGULAR) {
      return;
    }
    if (failures.isEmpty()) {
      firstFailureNanos = System.nanoTime();
    }
    failures.add(end);
  }

  private void publishWorldOnce(Optional<String> resume) {
    Optional<List<String>> ring = ranks.ring();
    if (!started && ring.isPresent()) {
      started = true;
      ranks.tell(new AgentMessage.Start(new World(firstRank.attempt(), ring.get(), resume)));
    }
  }

  private void passStopOn() {
    if (started && !stopping && stopRequests.getAsInt() > 0) {
      stopping = true;
      ranks.tell(new AgentMessage.CheckpointAndStop());
    }
  }

  private void endLingering() {
    for (RankProcess rank : ranks) {
      if (rank.registration().isEmpty() && isPast(startNanos, START_TIMEOUT)) {
        noteFailure(RankEnd.hangs(rank.rank(), neverRegistered(rank.rank())));
      }
      if (rank.end().isPresent() && !rank.isGone() && rank.isSilentFor(EXIT_TIMEOUT)) {
        rank.process().destroyForcibly();
      }
    }
  }

  private void findHang() {
    if (ranks.anyBusyOtherwise()) {
      // Those that train may have to wait for it.
      excusedNanos = System.nanoTime();
    }
    Duration hangTimeout = plan.recovery().hangTimeout();
    if (failures.isEmpty() && isPast(excusedNanos, hangTimeout) && ranks.anyStuckFor(hangTimeout)) {
      collectStacks();
      if (failures.isEmpty() && ranks.anyStuckFor(hangTimeout)) {
        noteFailure(hang(hangTimeout));
      }
    }
  }

  private String neverRegistered(int rank) {
    return "Rank %d did not register within %d s; its output is in %s."
        .formatted(rank, START_TIMEOUT.toSeconds(), plan.log(rank));
  }

  private void collectStacks() {
    ranks.tell(new AgentMessage.DumpStacks());
    await(STACKS_TIMEOUT, this::haveAllAnswered);
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

  /** Leaves no process behind, not even one that does not listen. */
  private void endAll() {
    try {
      ranks.tell(new AgentMessage.Abort());
      await(ABORT_TIMEOUT, () -> !ranks.anyAlive());
    } finally {
      ranks.kill();
    }
  }

  private void await(Duration timeout, BooleanSupplier condition) {
    long start = System.nanoTime();
    while (!condition.getAsBoolean() && !isPast(start, timeout)) {
      dealWithNext(Duration.ofMillis(10));
    }
  }

  private static boolean isPast(long startNanos, Duration duration) {
    return System.nanoTime() - startNanos > duration.toNanos();
  }
}
