package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.interchange.Export;
import io.litoperator.worker.interchange.Mapped;
import io.litoperator.worker.model.published.PublishedLayout;
import io.litoperator.worker.safetensors.DType;
import io.litoperator.worker.source.Downloads.Use;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "export",
    description = {
      "Write a checkpoint's model as other tools load it.",
      "%nOf a checkpoint of adapters (LoRA), PEFT's files are written; lit merge makes a whole model.",
      "%nLayouts: huggingface for transformers and vLLM, liuhaotian for LLaVA's code, tinyllava for"
          + " TinyLLaVA_Factory's. A model that a layout cannot hold is refused with the reason."
    },
    footer = {
      "%nExamples:",
      "  lit export lit-output/quickstart/checkpoints/quickstart/finetune-350 --to my-model",
      "  lit export my-checkpoint --to my-model --layout liuhaotian --dtype bf16"
    })
final class ExportCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description = "Folder of a checkpoint, or of a model; also hf:// or s3://.")
  private String checkpoint;

  @Option(
      names = "--to",
      paramLabel = "DIR",
      required = true,
      description = "Folder to write: new, empty, or of an earlier export.")
  private Path target;

  @Option(
      names = "--layout",
      defaultValue = "huggingface",
      description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
  private PublishedLayout layout;

  @Option(
      names = "--dtype",
      description = "Type of all tensors: ${COMPLETION-CANDIDATES}. Default: that which each has.")
  private Precision dtype;

  /** As users write types. */
  enum Precision {
    FP32(DType.F32),
    FP16(DType.F16),
    BF16(DType.BF16);

    private final DType type;

    Precision(DType type) {
      this.type = type;
    }

    DType type() {
      return type;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  ExportCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Export.Form form = new Export.Form(layout, Optional.ofNullable(dtype).map(Precision::type));
    Path source = SourceArgument.bring(console, "CHECKPOINT", checkpoint, Use.MODEL);
    Mapped mapped;
    try (ByteProgress progress = ByteProgress.on(console)) {
      mapped = Export.run(source, target, form, progress);
    }
    mapped.lines().forEach(console.err()::println);
    console.out().println(target.toAbsolutePath().normalize());
    return ExitCode.DONE.code();
  }
}
