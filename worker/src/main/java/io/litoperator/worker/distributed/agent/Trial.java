package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.GangEvent;
import io.litoperator.worker.report.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ranks that measure something, on this machine or several, each a process of its own as in
 * training. One that dies is not started again, and a node that is lost is not replaced.
 */
public final class Trial {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Trial() {}

  /**
   * On this machine alone.
   *
   * @param patience with a rank that hangs
   * @param rank starts each; it is given as last argument the name of a file, into which rank 0
   *     writes the result as JSON
   * @throws Failure with what a rank failed by, whose log is then kept; {@code TERMINATED} at the
   *     first SIGINT or SIGTERM
   */
  public static <T> T run(int ranks, Duration patience, RankCommand rank, Class<T> result) {
    try {
      Path folder = Files.createTempDirectory("lit-trial");
      AgentPlan plan = new AgentPlan(ranks, 0, folder, new RecoveryPlan(0, patience));
      try {
        T value = lead(plan, rank, result, event -> {});
        delete(folder);
        return value;
      } catch (Failure failure) {
        if (failure.exitCode() == ExitCode.TERMINATED) {
          delete(folder);
        }
        throw failure;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * As {@link #run}, with other nodes, which {@link #follow}.
   *
   * @param plan the first node's
   * @param notices told who is awaited, and the last lines of a rank that failed
   * @throws Failure {@code PEER_LOST} if a node does not come or is lost, {@code INVALID} if one
   *     was started for something else
   */
  public static <T> T lead(AgentPlan plan, RankCommand rank, Class<T> result, Listener notices) {
    try {
      Path file = Files.createTempFile("lit-trial", ".json");
      try {
        RankCommand command = rank.with(file.toString());
        Ledger ledger = Ledger.of(Optional::empty);
        GangEvent.Watcher watcher = event -> notice(plan, event).ifPresent(notices::on);
        requireDone(new Agent(plan, command, ledger, notices, watcher).runUnsaved());
        return JSON.readValue(file.toFile(), result);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * On another node than the first; returns when all is done.
   *
   * @param coordinator host name of the first node
   * @throws Failure the first node's, or {@code PEER_LOST} if that is not there
   */
  public static void follow(
      AgentPlan plan, String coordinator, RankCommand rank, Listener notices) {
    requireDone(new Follower(plan, coordinator, rank, attempt -> {}, notices).run());
  }

  private static void requireDone(ExitCode code) {
    if (code != ExitCode.DONE) {
      throw new Failure(ExitCode.TERMINATED, "The measurement was interrupted; run it again.");
    }
  }

  private static Optional<Event> notice(AgentPlan plan, GangEvent event) {
    if (event instanceof GangEvent.Gathered gathered && gathered.nodes() < plan.nodes()) {
      return Optional.of(
          new Event.Notice(
              "%d of %d nodes are there; waiting for the others at %s:%d."
                  .formatted(
                      gathered.nodes(),
                      plan.nodes(),
                      plan.address().getHostAddress(),
                      plan.port())));
    }
    return event instanceof GangEvent.Failed failed
        ? Optional.of(new Event.Notice(failed.failure().evidence()))
        : Optional.empty();
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
