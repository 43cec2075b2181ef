package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.Merge;
import io.litoperator.worker.source.Downloads.Use;
import io.litoperator.worker.torch.Torch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "merge",
    description = {
      "Fold a checkpoint's adapters (LoRA) into the model that they belong to.",
      "%nThe model is read where the job read it. The result is a whole model, for lit export and"
          + " all other commands."
    },
    footer = {"%nExample:", "  lit merge checkpoints/my-job/finetune-5197 --to merged"})
final class MergeCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "Folder of a checkpoint of adapters; also s3://.")
  private String checkpoint;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write: new, empty, or of an earlier merge.")
  private Path target;

  @Option(
      names = "--dtype",
      defaultValue = "fp32",
      description = "Type of all tensors: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private ExportCommand.Precision dtype;

  MergeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path source = SourceArgument.bring(console, "CHECKPOINT", checkpoint, Use.MODEL);
    Torch.start(Runtime.getRuntime().availableProcessors());
    try (ByteProgress progress = ByteProgress.on(console)) {
      Merge.run(
          source,
          target,
          dtype.type(),
          origin -> SourceArgument.bring(console, "CHECKPOINT", origin, Use.MODEL),
          progress);
    }
    console.out().println(target.toAbsolutePath().normalize());
    return ExitCode.DONE.code();
  }
}
