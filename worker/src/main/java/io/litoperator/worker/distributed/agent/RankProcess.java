package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** One rank of an attempt, as the supervising thread knows it. */
final class RankProcess {
  private final int rank;
  private final Process process;
  private JsonLines connection;
  private Handshake.Registration registration;
  private boolean hungUp;
  private Integer exitStatus;
  private RankEnd end;
  private long newsNanos = System.nanoTime();
  private long step = -1;
  private long operations = -1;
  private Activity activity = Activity.WAITING;

  private RankProcess(int rank, Process process) {
    this.rank = rank;
    this.process = process;
  }

  /** Starts the process; what it prints is appended to the log under a line of its own. */
  static RankProcess start(RankCommand command, RankEnvironment environment, Path log) {
    try {
      Files.createDirectories(log.getParent());
      Files.writeString(
          log,
          "--- %s, %s%n".formatted(environment, Instant.now()),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new Failure(ExitCode.STORAGE, "Cannot write " + log + ": " + e.getMessage(), e);
    }
    ProcessBuilder builder =
        new ProcessBuilder(command.command())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(command.environment());
    builder.environment().putAll(environment.toVariables());
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      return new RankProcess(environment.rank(), process);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.INTERNAL,
          "Cannot start rank %d: %s.".formatted(environment.rank(), e.getMessage()),
          e);
    }
  }

  int rank() {
    return rank;
  }

  Process process() {
    return process;
  }

  void registered(Handshake.Registration registration, JsonLines connection) {
    this.registration = registration;
    this.connection = connection;
  }

  Optional<Handshake.Registration> registration() {
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

  void exited(int status) {
    exitStatus = status;
  }

  /** Whether the process is gone and all that it said has been read. */
  boolean isGone() {
    return exitStatus != null && (connection == null || hungUp);
  }

  int exitStatus() {
    return exitStatus;
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
    return end == null && exitStatus == null;
  }

  /** Whether the rank was last heard of longer ago than that. */
  boolean isSilentFor(Duration duration) {
    return System.nanoTime() - newsNanos > duration.toNanos();
  }
}
