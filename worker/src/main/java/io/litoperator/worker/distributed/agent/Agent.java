package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.agent.Restarts.Restart;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

/**
 * Starts the rank processes of a run, on this machine and, as the coordinator, through other nodes'
 * agents ({@link Follower}), and keeps it going: when a rank dies or hangs, or a node is lost, all
 * ranks are ended and started again from the newest checkpoint. For one run.
 */
public final class Agent {
  private final AgentPlan plan;
  private final RankCommand command;
  private final Ledger ledger;
  private final Listener listener;
  private final GangEvent.Watcher watcher;
  private final BlockingQueue<Happening> inbox = new LinkedBlockingQueue<>();
  private final StopRequests stopRequests = new StopRequests();

  /**
   * For a run on one machine that nobody else can take over.
   *
   * @param newestCheckpoint asked before every attempt, the first included: what the ranks find in
   *     {@link World#resume}; must be a verified checkpoint
   * @param listener receives the ranks' events, on the thread that runs the agent
   */
  public Agent(
      AgentPlan plan,
      RankCommand command,
      Supplier<Optional<String>> newestCheckpoint,
      Listener listener) {
    this(plan, command, Ledger.of(newestCheckpoint), listener, event -> {});
  }

  /**
   * @param watcher receives what becomes of ranks and nodes, on the thread that runs the agent
   */
  public Agent(
      AgentPlan plan,
      RankCommand command,
      Ledger ledger,
      Listener listener,
      GangEvent.Watcher watcher) {
    this.plan = plan;
    this.command = command;
    this.ledger = ledger;
    this.listener = listener;
    this.watcher = watcher;
  }

  /**
   * Runs until the work is done, has failed for good, or is stopped. Meanwhile SIGINT and SIGTERM
   * call {@link #requestStop}. Returns or throws only when no rank process is left here, but for
   * one that not even SIGKILL ends.
   *
   * @return {@code DONE}; {@code INTERRUPTED} after a stop that saved a checkpoint; {@code
   *     TERMINATED} after a stop that did not
   * @throws Failure with the root cause: a permanent failure as the rank put it; others once the
   *     restarts are used up, with the rank, its signal or exit code, and its log; {@code
   *     ACCELERATOR} if a rank cannot be ended
   */
  public ExitCode run() {
    return run(this::requestStop);
  }

  /** As {@link #run}, of ranks that have nothing to save: the first signal ends them. */
  ExitCode runUnsaved() {
    return run(this::abortAll);
  }

  @SuppressWarnings("try") // The trap does its work by being there.
  private ExitCode run(Runnable signalled) {
    try (SignalTrap trap = SignalTrap.on(List.of("INT", "TERM"), signalled);
        Rendezvous rendezvous = rendezvous()) {
      return supervise(new Nodes(plan, here(rendezvous)));
    }
  }

  /**
   * Asks the ranks to save a checkpoint and end; the second time, ends them at once. Other nodes'
   * agents stay, and await this one's successor. May be called from any thread.
   */
  public void requestStop() {
    stopRequests.signal();
    inbox.add(new Happening.StopRequested());
  }

  /**
   * Ends the ranks at once, and this agent; other nodes' agents stay, and await its successor. A
   * stop that is under way ends as it would have.
   */
  public void leave() {
    if (!stopRequests.any()) {
      requestStop();
      requestStop();
    }
  }

  /** Asks the ranks to save a checkpoint, and all agents to exit then; once is as often. */
  public void stopAll() {
    stopRequests.stopAll();
    inbox.add(new Happening.StopRequested());
  }

  /** Ends the ranks at once, and all agents. */
  public void abortAll() {
    stopRequests.abortAll();
    inbox.add(new Happening.StopRequested());
  }

  /**
   * @throws Failure with {@code INVALID} if a person has to choose another port; where a successor
   *     may find it free, with {@code INTERNAL}
   */
  private Rendezvous rendezvous() {
    try {
      return Rendezvous.open(plan.address(), plan.port(), plan.secret(), inbox::add);
    } catch (Failure failure) {
      if (plan.replaced() && failure.exitCode() == ExitCode.INVALID) {
        throw new Failure(
            ExitCode.INTERNAL,
            "Port %d of this Pod's address is taken by another program.".formatted(plan.port()),
            failure);
      }
      throw failure;
    }
  }

  private LocalNode here(Rendezvous rendezvous) {
    LocalRanks processes =
        new LocalRanks(
            plan,
            command,
            (attempt, rank, exit) -> inbox.add(new Happening.Exited(attempt, rank, exit)),
            sentence -> listener.on(new Event.Notice(sentence)));
    RankEnvironment anyRank =
        new RankEnvironment(
            plan.node().index() * plan.ranks(),
            0,
            plan.worldSize(),
            rendezvous.address(),
            rendezvous.port(),
            0,
            plan.secret(),
            plan.address().getHostAddress());
    return new LocalNode(plan.node(), processes, anyRank);
  }

  /** However it fails, other agents hear of it, unless they are to await this one's successor. */
  private ExitCode supervise(Nodes nodes) {
    Gathering gathering = new Gathering(plan, nodes, inbox, stopRequests, watcher);
    try {
      return supervise(nodes, gathering);
    } catch (Failure failure) {
      if (stopRequests.ofAll() || !plan.replaced()) {
        gathering.dismissAll(failure.exitCode(), failure.getMessage());
      }
      throw failure;
    }
  }

  private ExitCode supervise(Nodes nodes, Gathering gathering) {
    Restarts restarts = new Restarts(plan, nodes, stopRequests, watcher);
    Optional<Restart> restart = Optional.empty();
    int last = 0;
    while (gathering.await(restart.map(Restart::delay).orElse(Duration.ZERO))) {
      last = ledger.claim(Math.max(last + 1, nodes.newestLaunch()));
      AttemptResult result = attempt(last, nodes, restart);
      if (result instanceof AttemptResult.Failed failed) {
        restart = Optional.of(restarts.after(failed));
      } else if (result instanceof AttemptResult.NodeLost lost) {
        restart = Optional.of(restarts.after(lost));
      } else if (stopsForOthersOnly(result, nodes)) {
        gathering.dismissLeaving("A checkpoint is saved.");
        restart = Optional.empty();
      } else {
        return end(result, gathering);
      }
    }
    return end(
        stopRequests.atOnce() ? new AttemptResult.Aborted() : new AttemptResult.Stopped(),
        gathering);
  }

  private boolean stopsForOthersOnly(AttemptResult result, Nodes nodes) {
    return result instanceof AttemptResult.Stopped
        && !stopRequests.any()
        && nodes.anyWishesToLeave();
  }

  private AttemptResult attempt(int number, Nodes nodes, Optional<Restart> restart) {
    Optional<String> resume = ledger.newestCheckpoint();
    restart.ifPresent(
        why ->
            listener.on(
                new Event.Restarted(number, why.reason(), why.sentence(), resume.orElse(null))));
    watcher.on(new GangEvent.AttemptStarted(number, resume.orElse(null)));
    return new Attempt(plan, number, nodes, inbox, stopRequests, listener, watcher).run(resume);
  }

  private ExitCode end(AttemptResult result, Gathering gathering) {
    if (result instanceof AttemptResult.Finished) {
      ledger.finish();
      gathering.dismissAll(ExitCode.DONE, "All is done.");
      return ExitCode.DONE;
    }
    ExitCode code =
        result instanceof AttemptResult.Stopped ? ExitCode.INTERRUPTED : ExitCode.TERMINATED;
    if (stopRequests.ofAll()) {
      gathering.dismissAll(code, "It was asked for.");
    }
    return code;
  }
}
