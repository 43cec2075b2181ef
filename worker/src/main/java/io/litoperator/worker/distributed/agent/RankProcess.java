package io.litoperator.worker.distributed.agent;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** One rank of an attempt, as the supervising thread knows it. */
final class RankProcess {
  private final int rank;
  private final Node node;
  private JsonLines connection;
  private Registration.Rank registration;
  private boolean hungUp;
  private RankExit exit;
  private RankEnd end;
  private final LongSupplier nanoTime;
  private final SavingRank saving;

  /** Of a heartbeat, or of the last words. */
  private long newsNanos;

  /** Of anything. */
  private long heardNanos;

  private long step = -1;
  private long operations = -1;
  private Activity activity = Activity.WAITING;

  RankProcess(int rank, Node node) {
    this(rank, node, System::nanoTime);
  }

  RankProcess(int rank, Node node, LongSupplier nanoTime) {
    this.rank = rank;
    this.node = node;
    this.nanoTime = nanoTime;
    saving = new SavingRank(nanoTime);
    newsNanos = nanoTime.getAsLong();
    heardNanos = newsNanos;
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

  /** Takes note of what the rank says; its stacks it tells only when asked. */
  void hear(RankMessage message) {
    if (message instanceof RankMessage.Stacks stacks) {
      operations = stacks.operations();
      return;
    }
    heardNanos = nanoTime.getAsLong();
    if (message instanceof RankMessage.Heartbeat heartbeat) {
      newsNanos = heardNanos;
      step = heartbeat.step();
      activity = heartbeat.activity();
    } else if (message instanceof RankMessage.Saving begunOrEnded) {
      saving.hear(begunOrEnded);
    } else if (message instanceof RankMessage.Moved moved) {
      saving.hear(moved);
    }
  }

  /** The rank's last words; the process has yet to exit. */
  void ended(RankEnd words) {
    newsNanos = nanoTime.getAsLong();
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

  /** What the rank writes beside all else. */
  SavingRank saving() {
    return saving;
  }

  boolean isTraining() {
    return isWorking() && activity == Activity.TRAINING;
  }

  boolean isSaving() {
    return isWorking() && activity == Activity.SAVING;
  }

  Activity activity() {
    return activity;
  }

  /** Whether the rank loads, evaluates or waits, which others wait for as long as any is heard. */
  boolean isAtOtherWork() {
    return isWorking() && !isTraining() && !isSaving();
  }

  /** How long the rank has said nothing at all. */
  Duration silence() {
    return Duration.ofNanos(nanoTime.getAsLong() - heardNanos);
  }

  /** Whether the rank has neither said its last words nor exited. */
  boolean isWorking() {
    return end == null && exit == null;
  }

  /** Whether the rank's last heartbeat, or its end, is longer ago than that. */
  boolean hasNoNewsFor(Duration duration) {
    return nanoTime.getAsLong() - newsNanos > duration.toNanos();
  }
}
