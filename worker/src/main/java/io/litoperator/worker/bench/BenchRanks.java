package io.litoperator.worker.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.agent.Agent;
import io.litoperator.worker.distributed.agent.AgentPlan;
import io.litoperator.worker.distributed.agent.RankCommand;
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

/** Measures ranks, each a process of its own on this machine, as in training. */
final class BenchRanks {
  /** A rank that hangs ends the measurement; one that dies is not started again. */
  private static final RecoveryPlan ONCE = new RecoveryPlan(0, Duration.ofMinutes(10));

  private static final ObjectMapper JSON = new ObjectMapper();

  private BenchRanks() {}

  static BenchResult run(BenchOptions options, int ranks) {
    try {
      Path folder = Files.createTempDirectory("lit-bench");
      try {
        return run(options, ranks, folder);
      } finally {
        delete(folder);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static BenchResult run(BenchOptions options, int ranks, Path folder) throws IOException {
    Path request = folder.resolve("options.json");
    Path result = folder.resolve("result.json");
    JSON.writeValue(request.toFile(), options);
    RankCommand command =
        RankCommand.java(BenchRank.class.getName(), request.toString(), result.toString());
    AgentPlan plan = new AgentPlan(ranks, 0, folder, ONCE);
    ExitCode code = new Agent(plan, command, Optional::empty, event -> {}).run();
    if (code != ExitCode.DONE) {
      throw new Failure(code, "The measurement was stopped.");
    }
    return JSON.readValue(result.toFile(), BenchResult.class);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
