package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.LongWork;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * One start of all ranks, until all have ended. A single thread deals with what happens, one thing
 * after the other.
 */
final class Attempt {
  /** How long ranks may take to register: a busy machine starts processes slowly. */
  static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  /** How long a process may live after its last words. */
  private static final Duration EXIT_TIMEOUT = Duration.ofSeconds(10);

  private static final Duration ABORT_TIMEOUT = Duration.ofSeconds(1);

  /** How long another node may take to say that its processes are gone. */
  private static final Duration END_TIMEOUT = KeepAlive.PATIENCE;

  private static final Duration TICK = Duration.ofMillis(100);

  /** Between two times that ranks hear of others that are at work. */
  private static final Duration AT_WORK_PAUSE = Duration.ofSeconds(1);

  private final AgentPlan plan;
  private final int number;
  private final Nodes nodes;
  private final List<Node> members;
  private final BlockingQueue<Happening> inbox;
  private final StopRequests stopRequests;
  private final Listener listener;
  private final GangEvent.Watcher watcher;
  private final HangDetector hangs;
  private final LongWork files;

  private final Gang ranks = new Gang();
  private final RankFailures failures = new RankFailures();
  private final long startNanos = System.nanoTime();
  private long atWorkNanos = startNanos;
  private boolean atWork;
  private boolean started;
  private boolean stopping;

  /**
   * @param nodes all of them there
   * @param inbox may still hold what happened in earlier attempts
   */
  Attempt(
      AgentPlan plan,
      int number,
      Nodes nodes,
      BlockingQueue<Happening> inbox,
      StopRequests stopRequests,
      Listener listener,
      GangEvent.Watcher watcher) {
    this.plan = plan;
    this.number = number;
    this.nodes = nodes;
    this.members = nodes.all();
    this.inbox = inbox;
    this.stopRequests = stopRequests;
    this.listener = listener;
    this.watcher = watcher;
    this.files = new LongWork(listener);
    this.hangs = new HangDetector(plan, number, ranks, listener);
  }

  /** Starts the ranks and returns when none is left. */
  AttemptResult run(Optional<String> resume) {
    AttemptResult result;
    try {
      for (Node node : members) {
        node.ranks().forEach(rank -> ranks.add(new RankProcess(rank, node)));
        node.start(number);
      }
      result = supervise(resume);
    } finally {
      endAll();
    }
    // A rank's last lines are known when its process is gone.
    return result instanceof AttemptResult.Failed failed
        ? failed.with(ranks.get(failed.cause().rank()).exit())
        : result;
  }

  private AttemptResult supervise(Optional<String> resume) {
    while (true) {
      Optional<AttemptResult> result = result();
      if (result.isPresent()) {
        return result.get();
      }
      dealWithNext(TICK);
      publishWorldOnce(resume);
      passStopOn();
      passAtWorkOn();
      endLingering();
      findHang();
    }
  }

  private Optional<AttemptResult> result() {
    if (stopRequests.atOnce()) {
      return Optional.of(new AttemptResult.Aborted());
    }
    Optional<Node> lost = members.stream().filter(node -> !nodes.has(node)).findFirst();
    if (lost.isPresent()) {
      return Optional.of(new AttemptResult.NodeLost(lost.get().identity()));
    }
    if (!started && isToStop()) {
      // There is nothing to save yet, and until they have connected ranks heed signals themselves.
      return Optional.of(new AttemptResult.Stopped());
    }
    boolean allGone = ranks.allGone();
    if (!failures.none()) {
      return failures.cause(allGone).map(this::failed);
    }
    if (!allGone) {
      return Optional.empty();
    }
    return Optional.of(
        ranks.allDone() ? new AttemptResult.Finished() : new AttemptResult.Stopped());
  }

  private AttemptResult failed(RankEnd cause) {
    return AttemptResult.Failed.of(cause, ranks.get(cause.rank()), ranks.furthestStep());
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
        ranks.get(end.rank()).exited(end.exit());
        noteIfGone(ranks.get(end.rank()));
      } else if (happening != null) {
        nodes.on(happening);
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted while ranks were running.", e);
    }
  }

  private boolean isOurs(int attempt, int rank) {
    return attempt == number && ranks.has(rank);
  }

  private void register(Happening.Registered happening) {
    Registration.Rank who = happening.registration();
    if (isOurs(who.attempt(), who.rank())) {
      ranks.get(who.rank()).registered(who, happening.connection());
    }
  }

  /** Whatever a rank that does something else than train says shows that it is not stuck. */
  private void hear(RankProcess rank, RankMessage message) {
    atWork |= !rank.isTraining() && rank.isWorking();
    rank.hear(message);
    if (message instanceof RankMessage.Moved moved) {
      files.on(rank.rank(), moved.what(), moved.done(), moved.total());
    } else if (message instanceof RankMessage.Told told) {
      listener.on(told.event());
    } else if (message instanceof RankMessage.Stacks stacks) {
      hangs.hear(rank, stacks);
    } else if (message instanceof RankMessage.Ended words) {
      RankEnd end = RankEnd.said(rank.rank(), words);
      rank.ended(end);
      failures.note(end);
    }
  }

  private void noteIfGone(RankProcess rank) {
    if (rank.isGone() && rank.end().isEmpty()) {
      RankEnd end =
          RankEnd.exited(rank.rank(), rank.exit().orElseThrow(), rank.node().log(rank.rank()));
      rank.ended(end);
      failures.note(end);
    }
  }

  private void publishWorldOnce(Optional<String> resume) {
    Optional<List<String>> ring = ranks.ring();
    if (!started && ring.isPresent()) {
      started = true;
      ranks.tell(
          new AgentMessage.Start(new World(number, plan.node().podUid(), ring.get(), resume)));
    }
  }

  private void passStopOn() {
    if (started && !stopping && isToStop()) {
      stopping = true;
      watcher.on(new GangEvent.Stopping());
      ranks.tell(new AgentMessage.CheckpointAndStop());
    }
  }

  private boolean isToStop() {
    return stopRequests.any() || nodes.anyWishesToLeave();
  }

  private void passAtWorkOn() {
    if (atWork && isPast(atWorkNanos, AT_WORK_PAUSE)) {
      atWork = false;
      atWorkNanos = System.nanoTime();
      ranks.tell(new AgentMessage.AtWork());
    }
  }

  private void endLingering() {
    for (RankProcess rank : ranks) {
      if (rank.registration().isEmpty() && isPast(startNanos, START_TIMEOUT)) {
        failures.note(RankEnd.hangs(rank.rank(), neverRegistered(rank)));
      }
      if (rank.end().isPresent() && !rank.isGone() && rank.hasNoNewsFor(EXIT_TIMEOUT)) {
        rank.node().end(rank.rank());
      }
    }
  }

  private void findHang() {
    if (failures.none()) {
      hangs.find(this::await).filter(hang -> failures.none()).ifPresent(failures::note);
    }
  }

  private static String neverRegistered(RankProcess rank) {
    return "Rank %d did not register within %d s; its output is in %s."
        .formatted(rank.rank(), START_TIMEOUT.toSeconds(), rank.node().log(rank.rank()));
  }

  /**
   * Leaves no process behind, not even one that does not listen.
   *
   * @throws Failure see {@link LocalRanks#endAll}
   */
  private void endAll() {
    try {
      ranks.tell(new AgentMessage.Abort());
      await(ABORT_TIMEOUT, () -> !ranks.anyAlive());
    } finally {
      members.forEach(Node::endAll);
    }
    await(END_TIMEOUT, () -> !ranks.anyAlive());
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
