package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/**
 * Starts the rank processes of a run on this machine and keeps it going: when a rank dies or hangs,
 * all are ended and started again from the newest checkpoint. For one run.
 */
public final class Agent {
  private final AgentPlan plan;
  private final RankCommand command;
  private final Supplier<Optional<String>> newestCheckpoint;
  private final Listener listener;
  private final BlockingQueue<Happening> inbox = new LinkedBlockingQueue<>();
  private final AtomicInteger stopRequests = new AtomicInteger();

  /**
   * @param newestCheckpoint asked before every attempt, the first included: what the ranks find in
   *     {@link World#resume}; must be a verified checkpoint
   * @param listener receives the ranks' events, on the thread that runs the agent
   */
  public Agent(
      AgentPlan plan,
      RankCommand command,
      Supplier<Optional<String>> newestCheckpoint,
      Listener listener) {
    this.plan = plan;
    this.command = command;
    this.newestCheckpoint = newestCheckpoint;
    this.listener = listener;
  }

  /**
   * Runs until the work is done, has failed for good, or is stopped. Meanwhile SIGINT and SIGTERM
   * call {@link #requestStop}. Returns or throws only when no rank process is left.
   *
   * @return {@code DONE}; {@code INTERRUPTED} after a stop that saved a checkpoint; {@code
   *     TERMINATED} after a stop that did not
   * @throws Failure with the root cause: a permanent failure as the rank put it; others once the
   *     restarts are used up, with the rank, its signal or exit code, and its log
   */
  @SuppressWarnings("try") // The trap does its work by being there.
  public ExitCode run() {
    Secret secret = Secret.random();
    try (SignalTrap trap = SignalTrap.on(List.of("INT", "TERM"), this::requestStop);
        Rendezvous rendezvous = Rendezvous.open(plan.port(), secret, inbox::add)) {
      RestartPolicy policy = new RestartPolicy(plan.recovery().maxRestarts(), plan::log);
      Optional<String> resume = newestCheckpoint.get();
      for (int number = 1; ; number++) {
        AttemptResult result = attempt(number, rendezvous, secret).run(resume);
        if (!(result instanceof AttemptResult.Failed failed)) {
          return exitCode(result);
        }
        if (stopRequests.get() > 0) {
          throw new Failure(failed.cause().code(), failed.cause().sentence());
        }
        Duration delay = policy.delayBeforeNext(failed.cause(), failed.step());
        if (stopsWithin(delay)) {
          return ExitCode.INTERRUPTED;
        }
        resume = newestCheckpoint.get();
        listener.on(restarted(number + 1, failed.cause(), resume));
      }
    }
  }

  /**
   * Asks the ranks to save a checkpoint and end; the second time, ends them at once. May be called
   * from any thread.
   */
  public void requestStop() {
    stopRequests.incrementAndGet();
    inbox.add(new Happening.StopRequested());
  }

  private Attempt attempt(int number, Rendezvous rendezvous, Secret secret) {
    RankEnvironment firstRank =
        new RankEnvironment(
            0, plan.ranks(), rendezvous.address(), rendezvous.port(), number, secret);
    return new Attempt(plan, command, firstRank, inbox, stopRequests::get, listener);
  }

  private static ExitCode exitCode(AttemptResult result) {
    if (result instanceof AttemptResult.Finished) {
      return ExitCode.DONE;
    }
    return result instanceof AttemptResult.Stopped ? ExitCode.INTERRUPTED : ExitCode.TERMINATED;
  }

  /** Waits before a restart; tells whether a stop was requested. */
  private boolean stopsWithin(Duration delay) {
    long deadline = System.nanoTime() + delay.toNanos();
    try {
      while (stopRequests.get() == 0 && deadline - System.nanoTime() > 0) {
        // What the ended attempt's connections still say is of no interest.
        inbox.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      }
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted before a restart.", e);
    }
    return stopRequests.get() > 0;
  }

  private static Event restarted(int attempt, RankEnd cause, Optional<String> resume) {
    return new Event.Restarted(attempt, cause.code().name(), cause.sentence(), resume.orElse(null));
  }
}
