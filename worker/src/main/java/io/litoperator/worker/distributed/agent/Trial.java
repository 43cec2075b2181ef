package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.RecoveryPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Ranks of this machine that measure something, each a process of its own as in training. One that
 * dies is not started again.
 */
public final class Trial {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Trial() {}

  /**
   * @param patience with a rank that hangs
   * @param rank main class of each, which is given the arguments and then the name of a file, into
   *     which rank 0 writes the result as JSON
   * @throws Failure with what a rank failed by; {@code TERMINATED} at the first SIGINT or SIGTERM
   */
  public static <T> T run(
      int ranks, Duration patience, Class<?> rank, Class<T> result, String... arguments) {
    try {
      Path folder = Files.createTempDirectory("lit-trial");
      try {
        Path file = folder.resolve("result.json");
        String[] all =
            Stream.concat(Stream.of(arguments), Stream.of(file.toString())).toArray(String[]::new);
        AgentPlan plan = new AgentPlan(ranks, 0, folder, new RecoveryPlan(0, patience));
        RankCommand command = RankCommand.java(rank.getName(), all);
        ExitCode code = new Agent(plan, command, Optional::empty, event -> {}).runUnsaved();
        if (code != ExitCode.DONE) {
          throw new Failure(code, "The measurement was interrupted; run it again.");
        }
        return JSON.readValue(file.toFile(), result);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
