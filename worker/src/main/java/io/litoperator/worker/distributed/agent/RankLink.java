package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.Patience;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.transfer.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.IntConsumer;
import java.util.function.Supplier;

/**
 * A rank's connection to the agent that started it. The process lives only as long as its agent: if
 * the agent is gone, or says so, the process ends at once, whatever it is doing.
 */
public final class RankLink implements Progress, AutoCloseable {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  /** What {@link #alive} tells of, among that which has a pace. */
  private static final String ALIVE = "alive";

  private final RankEnvironment environment;
  private final JsonLines agent;
  private final Membership membership;
  private final IntConsumer halt;
  private final CompletableFuture<World> world = new CompletableFuture<>();

  private final Pace files = new Pace();
  private final Pace repeats = new Pace();
  private volatile RankMessage.Heartbeat heartbeat;
  private volatile boolean stopRequested;
  private volatile boolean ended;
  private ExitCode said;

  /** What a rank does among the others. */
  public interface Work {
    /**
     * {@code DONE}, or {@code INTERRUPTED} if a requested stop was heeded and a checkpoint saved.
     */
    ExitCode with(Collective ranks) throws Exception;
  }

  private RankLink(
      RankEnvironment environment, JsonLines agent, Membership membership, IntConsumer halt) {
    this.environment = environment;
    this.agent = agent;
    this.membership = membership;
    this.halt = halt;
  }

  /**
   * Registers with the agent and returns when all ranks have. From then on this process ignores
   * SIGINT and SIGTERM, which terminals and service managers send to the agent's children as well;
   * the agent decides what they mean.
   *
   * @param environment as the agent set it: {@code RANK}, {@code LOCAL_RANK}, {@code WORLD_SIZE},
   *     {@code MASTER_ADDR}, {@code MASTER_PORT}, {@code LIT_ATTEMPT}, {@code LIT_SECRET}, {@code
   *     LIT_ADDRESS}
   * @throws Failure with {@code INVALID} if a variable is missing or wrong, with {@code PEER_LOST}
   *     if the agent is not there or does not know the secret
   */
  public static RankLink connect(Map<String, String> environment) {
    SignalTrap.ignore("INT");
    SignalTrap.ignore("TERM");
    return connect(RankEnvironment.of(environment), status -> Runtime.getRuntime().halt(status));
  }

  static RankLink connect(RankEnvironment environment, IntConsumer halt) {
    Introduction introduced = Introduction.of(environment, Attempt.START_TIMEOUT);
    Membership membership = new Membership(environment, introduced.ringListener());
    RankLink link = new RankLink(environment, introduced.agent(), membership, halt);
    link.listen();
    try {
      link.world.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Failure failure ? failure : e;
    }
    return link;
  }

  public int rank() {
    return environment.rank();
  }

  /** Among the ranks of this machine: a rank computes on the GPU of this number. */
  public int localRank() {
    return environment.localRank();
  }

  public int worldSize() {
    return environment.worldSize();
  }

  public World world() {
    return world.join();
  }

  /**
   * Joins the attempt's ranks; to be called once, by every rank.
   *
   * @param longestWait see {@link Patience}, which what the agent hears of the others renews;
   *     longer than the hang timeout, so that a rank that hangs is found by the agent, with its
   *     stacks
   * @param device that tensors are on
   */
  public Collective collective(Duration longestWait, Device device) {
    return membership.join(world(), longestWait, device);
  }

  /**
   * Tells the agent that this rank is alive. To be called at every step and whenever the activity
   * changes; a rank that says {@code TRAINING} must call again within the hang timeout.
   *
   * @param step optimizer steps behind this rank, over all stages; it must not fall within an
   *     attempt
   */
  public void heartbeat(long step, Activity activity) {
    heartbeat = new RankMessage.Heartbeat(step, activity);
    tell(heartbeat);
  }

  /**
   * Tells that this rank gets on with what it does instead of training, of which no step tells. To
   * be called as often as it does.
   */
  public void alive() {
    RankMessage.Heartbeat last = heartbeat;
    if (last != null && repeats.allows(ALIVE)) {
      tell(last);
    }
  }

  /**
   * Tells how far this rank is with files, so that those who watch see it, and the other ranks go
   * on waiting. To be called as often as anything moves.
   */
  @Override
  public void on(String what, long done, long total) {
    boolean due = files.allows(what) || done == total;
    if (done == total) {
      files.forget(what);
    }
    if (due) {
      tell(new RankMessage.Moved(what, done, total));
    }
  }

  /**
   * Tells that this rank writes a checkpoint, beside whatever else it does. Until it says that it
   * no longer does, it must tell of something that moves ({@link #on}) within the hang timeout.
   *
   * @param checkpoint as people find it; empty when it is written, or has failed
   */
  public void saving(Optional<String> checkpoint) {
    tell(new RankMessage.Saving(checkpoint));
  }

  /** Hands an event to the agent's listener. */
  public void send(Event event) {
    tell(new RankMessage.Told(event));
  }

  /**
   * Whether a checkpoint is to be saved and the run ended. The ranks learn of it at different
   * moments and have to agree on the step.
   */
  public boolean stopRequested() {
    return stopRequested;
  }

  /**
   * Joins the attempt's ranks, does this rank's work and tells the agent how it ended: before it
   * leaves the others, which may have to wait for them. The stack trace of what it failed by goes
   * to the rank's log.
   *
   * @param join as of {@link #collective}
   * @return what the process is to end with
   */
  public ExitCode run(Supplier<Collective> join, Work work) {
    try (Collective ranks = join.get()) {
      return workAmong(ranks, work);
    } catch (RuntimeException | OutOfMemoryError e) {
      return failed(e);
    }
  }

  private ExitCode workAmong(Collective ranks, Work work) {
    try {
      return end(work.with(ranks), "");
    } catch (Exception | OutOfMemoryError e) {
      return failed(e);
    }
  }

  private ExitCode failed(Throwable cause) {
    cause.printStackTrace();
    Failure failure = Failure.of(cause);
    return end(failure.exitCode(), failure.getMessage());
  }

  /** Says the last words, unless they were said; the code that was. */
  private ExitCode end(ExitCode code, String sentence) {
    if (said == null) {
      said = code;
      tell(new RankMessage.Ended(code, sentence));
      ended = true;
    }
    return said;
  }

  private void tell(RankMessage message) {
    try {
      agent.write(message);
    } catch (IOException e) {
      agentIsGone();
    }
  }

  private void listen() {
    Thread thread = new Thread(this::receiveAll, "agent-link");
    thread.setDaemon(true);
    thread.start();
  }

  private void receiveAll() {
    try {
      while (true) {
        receive(agent.read(AgentMessage.class, MAX_MESSAGE_BYTES));
      }
    } catch (IOException e) {
      agentIsGone();
    }
  }

  private void receive(AgentMessage message) {
    if (message instanceof AgentMessage.Start start) {
      world.complete(start.world());
    } else if (message instanceof AgentMessage.CheckpointAndStop) {
      stopRequested = true;
    } else if (message instanceof AgentMessage.AtWork) {
      membership.goOnWaiting();
    } else if (message instanceof AgentMessage.Abort) {
      abort();
    } else if (message instanceof AgentMessage.DumpStacks) {
      tell(new RankMessage.Stacks(Stacks.ofAllThreads(), membership.operations()));
    }
  }

  private void abort() {
    // After its last words the process ends by itself, and may have something to print still.
    if (!ended) {
      halt.accept(ExitCode.TERMINATED.code());
    }
  }

  private void agentIsGone() {
    if (ended) {
      return;
    }
    world.completeExceptionally(
        new Failure(ExitCode.PEER_LOST, "The agent of rank " + rank() + " is gone."));
    halt.accept(ExitCode.PEER_LOST.code());
  }

  @Override
  public void close() {
    ended = true;
    try (agent) {
      membership.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.PEER_LOST, "Closing the connection to the agent failed: " + e.getMessage(), e);
    }
  }
}
