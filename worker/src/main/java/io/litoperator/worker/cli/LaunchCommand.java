package io.litoperator.worker.cli;

import io.litoperator.worker.report.Screen;
import io.litoperator.worker.report.Terminal;
import io.litoperator.worker.run.PodRun;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "launch",
    description = {
      "Be a node's agent in a Pod that the operator made.",
      "%nIt takes no arguments: the operator tells it all in environment variables and files."
    })
final class LaunchCommand implements Callable<Integer> {
  private final Console console;

  LaunchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    try (Terminal terminal = new Terminal(console.out(), Screen.plain())) {
      return PodRun.run(System.getenv(), terminal, this::print).code();
    }
  }

  private void print(String line) {
    console.out().println(line);
    console.out().flush();
  }
}
