package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.run.Export;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = "Write a checkpoint's model as transformers and vLLM load it.",
    footer = {
      "%nExample:",
      "  lit export lit-output/quickstart/checkpoints/quickstart/finetune-350 --to my-model"
    })
final class ExportCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "CHECKPOINT", description = "Folder of a checkpoint.")
  private Path checkpoint;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write: new, empty, or of an earlier export.")
  private Path target;

  ExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Export.run(checkpoint, target);
    console.out().println(target.toAbsolutePath().normalize());
    return ExitCode.DONE.code();
  }
}
