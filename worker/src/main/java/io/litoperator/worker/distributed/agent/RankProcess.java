package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** One rank of an attempt, as the supervising thread knows it. */
final class RankProcess {
  private final int rank;
  private final Node node;
  private JsonLines connection;
  private Registration.Rank registration;
  private boolean hungUp;
  private RankExit exit;
  private RankEnd end;
  private long newsNanos = System.nanoTime();
  private long step = -1;
  private long operations = -1;
  private Activity activity = Activity.WAITING;

  RankProcess(int rank, Node node) {
    this.rank = rank;
    this.node = node;
  }

  int rank() {
    return rank;
  }

  Node node() {
    return node;
  }

  void registered(Registration.Rank registration, JsonLines connection) {
    this.registration = registration;
    this.connection = connection;
  }

  Optional<Registration.Rank> registration() {
    return Optional.ofNullable(registration);
  }

  /** Tells the rank something, if it still listens. */
  void tell(AgentMessage message) {
    if (connection == null || hungUp) {
      return;
    }
    try {
      connection.write(message);
    } catch (IOException e) {
      // The rank has ended; its exit status, which follows, is what counts.
      hungUp = true;
    }
  }

  void heartbeat(RankMessage.Heartbeat heartbeat) {
    newsNanos = System.nanoTime();
    step = heartbeat.step();
    activity = heartbeat.activity();
  }

  void stacks(RankMessage.Stacks stacks) {
    operations = stacks.operations();
  }

  /** The rank's last words; the process has yet to exit. */
  void ended(RankEnd words) {
    newsNanos = System.nanoTime();
    end = words;
  }

  void hungUp() {
    hungUp = true;
  }

  void exited(RankExit exit) {
    this.exit = exit;
  }

  /** Whether the process is gone and all that it said has been read. */
  boolean isGone() {
    return exit != null && (connection == null || hungUp);
  }

  /** Absent while the process runs, and for ever if its node was lost. */
  Optional<RankExit> exit() {
    return Optional.ofNullable(exit);
  }

  /** Whether the process runs, as far as can be known. */
  boolean isAlive() {
    return exit == null && node.isThere();
  }

  Optional<RankEnd> end() {
    return Optional.ofNullable(end);
  }

  long step() {
    return step;
  }

  /** Collective operations begun when the stacks were taken; -1 if the rank did not answer. */
  long operations() {
    return operations;
  }

  boolean isTraining() {
    return isWorking() && activity == Activity.TRAINING;
  }

  /** Whether the rank saves, evaluates or waits, for which there is no bound. */
  boolean isBusyOtherwise() {
    return isWorking() && activity != Activity.TRAINING;
  }

  private boolean isWorking() {
    return end == null && exit == null;
  }

  /** Whether the rank was last heard of longer ago than that. */
  boolean isSilentFor(Duration duration) {
    return System.nanoTime() - newsNanos > duration.toNanos();
  }
}
