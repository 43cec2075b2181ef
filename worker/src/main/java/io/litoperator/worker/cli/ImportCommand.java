package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.Import;
import io.litoperator.worker.interchange.Mapped;
import io.litoperator.worker.plan.ModelPlan.ConversationTemplate;
import io.litoperator.worker.source.Downloads.Use;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "import",
    description = {
      "Write a published model as lit's own, for model.from and all commands.",
      "%nIt reads the layouts of llava-hf, LLaVA (liuhaotian) and TinyLLaVA, as safetensors. Tensors"
          + " are copied as they are; one that is missing or left over is refused by name."
    },
    footer = {"%nExample:", "  lit import TinyLLaVA-Phi-2-SigLIP-3.1B --to tinyllava"})
final class ImportCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(paramLabel = "SOURCE", description = "Folder of a whole model; also hf:// or s3://.")
  private String source;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write: new, empty, or of an earlier import.")
  private Path target;

  @Option(
      names = "--vision-tower",
      paramLabel = "DIR",
      description = "Folder of the vision tower, if SOURCE holds none.")
  private String tower;

  @Option(
      names = "--conversation",
      description =
          "Chat template that the model was trained with: ${COMPLETION-CANDIDATES}. Default: what"
              + " SOURCE tells by its files or, as LLaVA's models do, by its name.")
  private ConversationTemplate conversation;

  ImportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Path model = SourceArgument.bring(console, "SOURCE", source, Use.MODEL);
    Optional<Path> vision =
        Optional.ofNullable(tower)
            .map(folder -> SourceArgument.bring(console, "--vision-tower", folder, Use.MODEL));
    Mapped mapped;
    try (ByteProgress progress = ByteProgress.on(console)) {
      mapped = Import.run(model, vision, Optional.ofNullable(conversation), target, progress);
    }
    mapped.lines().forEach(console.err()::println);
    console.out().println(target.toAbsolutePath().normalize());
    return ExitCode.DONE.code();
  }
}
