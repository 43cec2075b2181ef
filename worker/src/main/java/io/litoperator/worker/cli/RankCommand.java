package io.litoperator.worker.cli;

import io.litoperator.worker.run.RankRun;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "rank", hidden = true, description = "Be one rank of a run; agents start these.")
final class RankCommand implements Callable<Integer> {
  @Option(names = "--plan", paramLabel = "FILE", required = true, description = "What to run.")
  private Path plan;

  @Option(names = "--profile", paramLabel = "DIR", description = "Where to draw a few steps.")
  private Path profile;

  @Override
  public Integer call() {
    return RankRun.run(plan, System.getenv(), Optional.ofNullable(profile)).code();
  }
}
