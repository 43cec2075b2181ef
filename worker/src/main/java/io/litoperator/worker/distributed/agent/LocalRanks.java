package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The rank processes of this machine, of one attempt at a time. */
final class LocalRanks {
  /** How long a process may live after SIGKILL: the memory of a large one takes seconds to free. */
  private static final Duration KILL_TIMEOUT = Duration.ofSeconds(30);

  private final AgentPlan plan;
  private final RankCommand command;
  private final Exits exits;
  private final Consumer<String> notices;
  private final Map<Integer, Process> processes = new ConcurrentHashMap<>();
  private boolean toldOfLogs;

  /** Told of every process that has ended, on a thread of its own. */
  @FunctionalInterface
  interface Exits {
    void on(int attempt, int rank, RankExit exit);
  }

  /**
   * @param notices told, in a sentence, of logs that cannot be kept, on the thread that starts
   *     ranks
   */
  LocalRanks(AgentPlan plan, RankCommand command, Exits exits, Consumer<String> notices) {
    this.plan = plan;
    this.command = command;
    this.exits = exits;
    this.notices = notices;
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
    Path log = plan.log(rank);
    ProcessBuilder builder =
        new ProcessBuilder(command.command())
            .redirectErrorStream(true)
            .redirectOutput(begin(log, environment));
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

  /** A full disk keeps no rank from running: what has no room is lost. */
  private Redirect begin(Path log, RankEnvironment environment) {
    try {
      Files.createDirectories(log.getParent());
      Files.writeString(
          log,
          "--- %s, %s%n".formatted(environment, Instant.now()),
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      tellOfLogs(log, e);
    }
    return Files.isWritable(log) ? Redirect.appendTo(log.toFile()) : Redirect.DISCARD;
  }

  private void tellOfLogs(Path log, IOException e) {
    if (!toldOfLogs) {
      toldOfLogs = true;
      notices.accept("What ranks print cannot be kept in %s (%s).".formatted(log.getParent(), e));
    }
  }

  private static RankExit exit(Process ended, MemoryLimit atStart, Path log) {
    boolean outOfMemory = RankEnd.isKill(ended.exitValue()) && atStart.wasReached();
    return new RankExit(ended.exitValue(), outOfMemory, LogTail.of(log));
  }

  void end(int rank) {
    processes.get(rank).destroyForcibly();
  }

  /**
   * Returns when no process is left.
   *
   * @throws Failure with {@code ACCELERATOR}, naming the ranks, if some cannot be ended
   */
  void endAll() {
    endAll(processes, KILL_TIMEOUT);
  }

  static void endAll(Map<Integer, Process> processes, Duration patience) {
    processes.values().forEach(Process::destroyForcibly);
    CompletableFuture<?>[] ends =
        processes.values().stream().map(Process::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw stuck(processes, patience);
    } catch (ExecutionException e) {
      throw Failure.of(e.getCause());
    } catch (InterruptedException e) {
      throw new Failure(ExitCode.TERMINATED, "Interrupted while ranks were ended.", e);
    }
  }

  /** The kernel ends no process that waits for a device; only a new Pod, or machine, helps. */
  private static Failure stuck(Map<Integer, Process> processes, Duration patience) {
    String left =
        processes.entrySet().stream()
            .filter(entry -> entry.getValue().isAlive())
            .map(entry -> "%d (process %d)".formatted(entry.getKey(), entry.getValue().pid()))
            .collect(Collectors.joining(", "));
    return new Failure(
        ExitCode.ACCELERATOR,
        "Killed, but still there after %d s: rank %s; it waits in the kernel for its GPU or for a disk. Look into the machine's kernel log, and restart it if the process stays."
            .formatted(patience.toSeconds(), left));
  }
}
