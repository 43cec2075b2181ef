package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.run.Answerer;
import io.litoperator.worker.source.Downloads.Use;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Torch;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "generate",
    description = "Ask a trained model about a picture.",
    footer = {
      "%nExample:",
      "  lit generate CHECKPOINT --image cat.jpg --prompt 'What is on the table?'"
    })
final class GenerateCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description =
          "Folder of a checkpoint, or of a LLaVA model in Hugging Face's layout; also hf:// or s3://.")
  private String model;

  @Option(names = "--image", paramLabel = "F", required = true, description = "Picture file.")
  private Path image;

  @Option(names = "--prompt", paramLabel = "P", required = true, description = "The question.")
  private String prompt;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      defaultValue = "128",
      description = "Longest answer. Default: ${DEFAULT-VALUE}.")
  private int maxNewTokens;

  @Mixin private ComputeOptions compute;

  GenerateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    Counts.atLeastOne("--max-new-tokens", maxNewTokens);
    Precision precision = compute.precisionHere();
    compute.requireUsable();
    Path folder = SourceArgument.bring(console, "CHECKPOINT", model, Use.MODEL);
    Torch.start(
        Runtime.getRuntime().availableProcessors(),
        compute.device() == TopologyPlan.Device.CUDA ? Device.cuda(0) : Device.CPU);
    try (Answerer answerer = open(folder, precision)) {
      console.out().println(answerer.answer(image, prompt, maxNewTokens));
    }
    return ExitCode.DONE.code();
  }

  private Answerer open(Path folder, Precision precision) {
    try (ByteProgress progress = ByteProgress.on(console)) {
      return Answerer.open(folder, precision, progress);
    }
  }
}
