package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The rank processes of this machine, of one attempt at a time. */
final class LocalRanks {
  private final AgentPlan plan;
  private final RankCommand command;
  private final Exits exits;
  private final Map<Integer, Process> processes = new ConcurrentHashMap<>();

  /** Told of every process that has ended, on a thread of its own. */
  @FunctionalInterface
  interface Exits {
    void on(int attempt, int rank, RankExit exit);
  }

  LocalRanks(AgentPlan plan, RankCommand command, Exits exits) {
    this.plan = plan;
    this.command = command;
    this.exits = exits;
  }

  int count() {
    return plan.ranks();
  }

  Path log(int rank) {
    return plan.log(rank);
  }

  /**
   * Starts this machine's ranks.
   *
   * @param anyRank their environment, but for the rank
   */
  void start(RankEnvironment anyRank, int firstRank) {
    for (int i = 0; i < count(); i++) {
      startOne(anyRank.forRank(firstRank + i, i));
    }
  }

  /** Starts a process; what it prints is appended to the log under a line of its own. */
  private void startOne(RankEnvironment environment) {
    int rank = environment.rank();
    Path log = begin(environment);
    ProcessBuilder builder =
        new ProcessBuilder(command.command())
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(log.toFile()));
    command.addTo(builder.environment());
    builder.environment().putAll(environment.toVariables());
    try {
      MemoryLimit limit = MemoryLimit.now();
      Process process = builder.start();
      process.getOutputStream().close();
      processes.put(rank, process);
      process
          .onExit()
          .thenAccept(ended -> exits.on(environment.attempt(), rank, exit(ended, limit, log)));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.INTERNAL, "Cannot start rank %d: %s.".formatted(rank, e.getMessage()), e);
    }
  }

  private Path begin(RankEnvironment environment) {
    Path log = plan.log(environment.rank());
    try {
      Files.createDirectories(log.getParent());
      Files.writeString(
          log,
          "--- %s, %s%n".formatted(environment, Instant.now()),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      return log;
    } catch (IOException e) {
      throw new Failure(ExitCode.STORAGE, "Cannot write " + log + ": " + e.getMessage(), e);
    }
  }

  private static RankExit exit(Process ended, MemoryLimit atStart, Path log) {
    boolean outOfMemory = RankEnd.isKill(ended.exitValue()) && atStart.wasReached();
    return new RankExit(ended.exitValue(), outOfMemory, LogTail.of(log));
  }

  void end(int rank) {
    processes.get(rank).destroyForcibly();
  }

  /** Returns when no process is left. */
  void endAll() {
    processes.values().forEach(Process::destroyForcibly);
    processes.values().forEach(process -> process.onExit().join());
  }
}
