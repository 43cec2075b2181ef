package io.litoperator.e2e.scenario;

import io.litoperator.controlplane.Command;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The worker's command line on this machine, outside the cluster: what {@code bin/lit} runs. */
final class Worker {
  private Worker() {}

  /** Runs {@code lit} and returns what it printed. */
  static String lit(String... arguments) {
    Path target = Testbed.repository().resolve("worker/target");
    try {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin/java").toString(),
                  "-cp",
                  target.resolve("classes") + ":" + Files.readString(target.resolve("class-path")),
                  "io.litoperator.worker.cli.Lit"));
      command.addAll(List.of(arguments));
      return Command.run(command);
    } catch (IOException e) {
      throw new UncheckedIOException("The worker is not built; run mvn package.", e);
    }
  }
}
