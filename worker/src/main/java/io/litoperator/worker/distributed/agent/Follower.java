package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The agent of a node other than the first: starts and ends ranks as the coordinator ({@link
 * Agent}) says. If the coordinator is gone, it ends its ranks and registers with the successor
 * under the same name, however long that takes, unless they had an {@link Appointment}. For one
 * run.
 */
public final class Follower {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** Short, since a name may still lead to a machine that is no more. */
  private static final int CONNECT_MILLIS = 1_000;

  private static final int ANSWER_MILLIS = 3_000;
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private final AgentPlan plan;
  private final String coordinatorName;
  private final AttemptCheck check;
  private final Listener listener;
  private final LocalRanks ranks;
  private final StopRequests stopRequests = new StopRequests();
  private final CountDownLatch left = new CountDownLatch(1);
  private volatile JsonLines coordinator;
  private boolean mismatchTold;
  private boolean hasFollowed;

  /** Done on this node before it starts an attempt's ranks. */
  @FunctionalInterface
  public interface AttemptCheck {
    /**
     * @throws Failure if the attempt cannot run here
     */
    void requireAble(int attempt);
  }

  /**
   * @param coordinatorName host name of the coordinator, resolved anew for each connection
   * @param listener told in notices how it goes, on the thread that runs the follower
   */
  public Follower(
      AgentPlan plan,
      String coordinatorName,
      RankCommand command,
      AttemptCheck check,
      Listener listener) {
    this.plan = plan;
    this.coordinatorName = coordinatorName;
    this.check = check;
    this.listener = listener;
    this.ranks = new LocalRanks(plan, command, this::tellExit, this::notice);
  }

  /**
   * Follows coordinators until one says that all is over. SIGINT and SIGTERM ask for a checkpoint
   * before this node leaves; the second time, or without a coordinator, the node leaves at once.
   * Returns or throws only when no rank process is left here, but for one that not even SIGKILL
   * ends.
   *
   * @return what the coordinator says, or {@code TERMINATED} if it did not
   * @throws Failure with the coordinator's sentence and code if the run has failed, or if this node
   *     cannot take part in it; {@code PEER_LOST} if the coordinator does not keep an appointment
   */
  @SuppressWarnings("try") // The trap does its work by being there.
  public ExitCode run() {
    Duration pause = FIRST_PAUSE;
    long firstNanos = System.nanoTime();
    notice("Waiting for the coordinator, %s.".formatted(coordinatorName));
    try (SignalTrap trap = SignalTrap.on(List.of("INT", "TERM"), this::requestStop)) {
      while (!leavesWithin(pause)) {
        long start = System.nanoTime();
        Optional<NodeOrder.Leave> leave = followOne(firstNanos);
        if (leave.isPresent()) {
          return exitCode(leave.get());
        }
        boolean followed = System.nanoTime() - start > KeepAlive.PATIENCE.toNanos();
        pause =
            followed ? FIRST_PAUSE : Collections.min(List.of(pause.multipliedBy(2), LONGEST_PAUSE));
      }
      return ExitCode.TERMINATED;
    }
  }

  private static ExitCode exitCode(NodeOrder.Leave leave) {
    return switch (leave.exitCode()) {
      case DONE, INTERRUPTED, TERMINATED -> leave.exitCode();
      default -> throw new Failure(leave.exitCode(), leave.sentence());
    };
  }

  private boolean leavesWithin(Duration pause) {
    try {
      return left.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted while following.", e);
    }
  }

  /** Returns when the coordinator says to leave, or empty when it is gone or not there. */
  private Optional<NodeOrder.Leave> followOne(long firstNanos) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(coordinatorName, plan.port()), CONNECT_MILLIS);
      JsonLines connection = new JsonLines(socket);
      Registration me = Registration.Agent.of(plan);
      Handshake.register(connection, me, plan.secret(), ANSWER_MILLIS);
      return follow(connection, socket.getInetAddress().getHostAddress());
    } catch (Handshake.SecretMismatchException e) {
      tellOfMismatch(e);
      return Optional.empty();
    } catch (IOException e) {
      // Not there yet, or gone: its successor comes.
      return later(e, firstNanos);
    }
  }

  private Optional<NodeOrder.Leave> later(IOException why, long firstNanos) {
    String place = coordinatorName + ":" + plan.port();
    if (!stopRequests.any()) {
      plan.appointment().ifPresent(it -> it.requireKept(firstNanos, hasFollowed, place, why));
    }
    return Optional.empty();
  }

  /** Once; the next coordinator may be the right one, if there is another. */
  private void tellOfMismatch(IOException cause) {
    if (!plan.replaced()) {
      throw Appointment.withAnotherSecret(coordinatorName, cause);
    }
    if (!mismatchTold) {
      mismatchTold = true;
      notice(
          ("The coordinator, %s, has another secret for the job than this node, which tries again."
                  + " If that lasts, one of the two is left of an earlier job of the same name;"
                  + " end that one.")
              .formatted(coordinatorName));
    }
  }

  @SuppressWarnings("try") // The keep-alive does its work by being there.
  private Optional<NodeOrder.Leave> follow(JsonLines connection, String address)
      throws IOException {
    notice("Registered with the coordinator at %s.".formatted(address));
    mismatchTold = false;
    hasFollowed = true;
    try (KeepAlive keepAlive = KeepAlive.start(connection, new NodeMessage.Alive())) {
      coordinator = connection;
      while (true) {
        NodeOrder order = connection.read(NodeOrder.class, MAX_MESSAGE_BYTES);
        if (order instanceof NodeOrder.Leave leave) {
          if (plan.replaced() || leave.exitCode() == ExitCode.DONE) {
            notice("The coordinator says to leave: %s".formatted(leave.sentence()));
          }
          return Optional.of(leave);
        }
        obey(order, address);
      }
    } catch (IOException e) {
      if (plan.replaced()) {
        notice(
            "The coordinator is gone (%s); waiting for its successor.".formatted(e.getMessage()));
      }
      throw e;
    } finally {
      coordinator = null;
      ranks.endAll();
      if (stopRequests.any()) {
        left.countDown();
      }
    }
  }

  private void obey(NodeOrder order, String address) {
    if (order instanceof NodeOrder.StartRanks start) {
      check.requireAble(start.attempt());
      RankEnvironment anyRank =
          new RankEnvironment(
              start.firstRank(),
              0,
              start.worldSize(),
              address,
              plan.port(),
              start.attempt(),
              plan.secret(),
              plan.address().getHostAddress());
      notice("Starting the ranks of attempt %d.".formatted(start.attempt()));
      ranks.start(anyRank, start.firstRank());
    } else if (order instanceof NodeOrder.EndRank end) {
      ranks.end(end.rank());
    } else if (order instanceof NodeOrder.EndRanks) {
      ranks.endAll();
    }
  }

  private void tellExit(int attempt, int rank, RankExit exit) {
    tell(new NodeMessage.Exited(attempt, rank, exit));
  }

  private void requestStop() {
    stopRequests.signal();
    if (stopRequests.atOnce() || !tell(new NodeMessage.WishesToLeave())) {
      left.countDown();
      hangUp();
    }
  }

  /** Tells the coordinator, if there is one. */
  private boolean tell(NodeMessage message) {
    JsonLines connection = coordinator;
    if (connection == null) {
      return false;
    }
    try {
      connection.write(message);
      return true;
    } catch (IOException e) {
      // It is gone, as the reader of the connection notices too.
      return false;
    }
  }

  private void hangUp() {
    JsonLines connection = coordinator;
    if (connection == null) {
      return;
    }
    try {
      connection.close();
    } catch (IOException e) {
      throw new Failure(
          ExitCode.PEER_LOST, "Cannot hang up on the coordinator: " + e.getMessage(), e);
    }
  }

  private void notice(String sentence) {
    listener.on(new Event.Notice(sentence));
  }
}
