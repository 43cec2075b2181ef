package io.litoperator.worker.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.bench.BatchShape;
import io.litoperator.worker.bench.Bench;
import io.litoperator.worker.bench.BenchOptions;
import io.litoperator.worker.bench.BenchResult;
import io.litoperator.worker.bench.GenerateBench;
import io.litoperator.worker.bench.InstructionCost;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.torch.Torch;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "bench",
    description = {
      "Time training steps on synthetic batches.",
      "%nThe connector and the language model train, the tower is frozen, as in a fine-tune. Every"
          + " sequence is one picture and then random text. One step comes first that is not timed."
    },
    footer = {"%nExample:", "  lit bench path/to/model --micro-batch 4 --text 128 --mixed"})
final class BenchCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "MODEL_DIR",
      description =
          "Folder of a LLaVA model: config.json and safetensors; without these, the model is"
              + " initialised.")
  private Path model;

  @Option(
      names = "--micro-batch",
      paramLabel = "B",
      defaultValue = "2",
      description = "Sequences of a micro-batch. Default: ${DEFAULT-VALUE}.")
  private int microBatch;

  @Option(
      names = "--text",
      paramLabel = "T",
      defaultValue = "128",
      description = "Text tokens of a sequence. Default: ${DEFAULT-VALUE}.")
  private int text;

  @Option(names = "--mixed", description = "Spread the text's length from T/8 to 15T/8.")
  private boolean mixed;

  @Option(
      names = "--answers",
      paramLabel = "F",
      defaultValue = "0.25",
      description = "Share of the text, at its end, that is supervised. Default: ${DEFAULT-VALUE}.")
  private double answers;

  @Option(
      names = "--accumulate",
      paramLabel = "M",
      defaultValue = "1",
      description = "Micro-batches of each rank's step. Default: ${DEFAULT-VALUE}.")
  private int accumulation;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "5",
      description = "Timed steps. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--threads",
      paramLabel = "K",
      defaultValue = "2",
      description = "Threads of each rank. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--ranks",
      paramLabel = "R",
      defaultValue = "1",
      description = "Processes that train together. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Option(
      names = "--checkpointing",
      paramLabel = "selective|full",
      arity = "0..1",
      defaultValue = "none",
      fallbackValue = "full",
      description = "Compute a part or all of each layer again in backward instead of keeping it.")
  private Checkpointing checkpointing;

  @Option(
      names = "--sharding",
      paramLabel = "optimizer|gradients|parameters",
      defaultValue = "none",
      description = "What each rank keeps only its part of. Default: ${DEFAULT-VALUE}.")
  private Sharding sharding;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--table8",
      description =
          "Time LIT beside VIT at instruction to answer ratios from 0.05 to 20, on one rank.")
  private boolean table8;

  @Option(
      names = "--generate",
      description = "Time greedy answers instead: --batch prompts of --text tokens and a picture.")
  private boolean generate;

  @Option(
      names = "--batch",
      paramLabel = "B",
      defaultValue = "8",
      description = "Prompts that are answered together. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--new-tokens",
      paramLabel = "N",
      defaultValue = "64",
      description = "Tokens of each answer. Default: ${DEFAULT-VALUE}.")
  private int newTokens;

  @Option(names = "--json", description = "Print one JSON line instead of a table.")
  private boolean asJson;

  BenchCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws JsonProcessingException {
    BenchOptions options = options();
    if (generate) {
      Torch.start(threads, options.deviceOf(0));
      GenerateBench.Result result = new GenerateBench(options, newTokens).run();
      show(result, table(result));
    } else if (table8) {
      Torch.start(threads, options.deviceOf(0));
      List<InstructionCost.Row> rows = new InstructionCost(options).measure();
      show(rows, table(rows));
    } else {
      BenchResult result = Bench.run(options, ranks);
      show(result, table(result));
    }
    return ExitCode.DONE.code();
  }

  private void show(Object result, String table) throws JsonProcessingException {
    console.out().println(asJson ? new ObjectMapper().writeValueAsString(result) : table);
  }

  private static String table(GenerateBench.Result result) {
    return String.format(
        Locale.ROOT,
        """
        seconds              %.3f, %.3f to the first tokens
        tokens per second    %,.1f
        after the first      %,.1f""",
        result.seconds(),
        result.secondsToFirst(),
        result.tokensPerSecond(),
        result.decodeTokensPerSecond());
  }

  private static String table(List<InstructionCost.Row> rows) {
    StringBuilder table =
        new StringBuilder("instruction : answer  supervised VIT/LIT  seconds VIT/LIT  LIT by VIT");
    for (InstructionCost.Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              "%n%20s  %18s  %15s  %10.3f",
              BigDecimal.valueOf(row.ratio()).stripTrailingZeros().toPlainString() + " : 1",
              row.vitTokens() + " / " + row.litTokens(),
              String.format(Locale.ROOT, "%.3f / %.3f", row.vit(), row.lit()),
              row.cost()));
    }
    return table.toString();
  }

  private BenchOptions options() {
    Counts.atLeastOne("--micro-batch", microBatch);
    Counts.atLeastOne("--accumulate", accumulation);
    Counts.atLeastOne("--text", text);
    Counts.atLeastOne("--steps", steps);
    Counts.atLeastOne("--threads", threads);
    Counts.atLeastOne("--ranks", ranks);
    if (table8 && ranks != 1) {
      throw new Failure(ExitCode.INVALID, "--table8 measures one rank; leave --ranks out.");
    }
    if (!(answers > 0 && answers <= 1)) {
      throw new Failure(
          ExitCode.INVALID, "--answers must be above 0 and at most 1, not " + answers + ".");
    }
    Counts.atLeastOne("--batch", batch);
    Counts.atLeastOne("--new-tokens", newTokens);
    if (generate && ranks != 1) {
      throw new Failure(ExitCode.INVALID, "--generate measures one rank; leave --ranks out.");
    }
    BatchShape shape = new BatchShape(generate ? batch : microBatch, text, mixed, answers);
    return new BenchOptions(
        model.toAbsolutePath().toString(),
        shape,
        accumulation,
        steps,
        threads,
        checkpointing,
        sharding,
        compute.device(),
        generate || table8 ? compute.precisionHere() : compute.precision());
  }

  private static String table(BenchResult result) {
    return String.format(
        Locale.ROOT,
        """
        seconds per step   %.3f best, %.3f median
        tokens per step    %,d
        tokens per second  %,.1f
        first loss         %.4f
        peak memory        %,d MiB%s
        model FLOP/s       %.3f T%s""",
        result.secondsPerStep(),
        result.median(),
        result.tokensPerStep(),
        result.tokensPerSecond(),
        result.firstLoss(),
        result.peakRssMiB(),
        result.peakDeviceMiB() == 0
            ? ""
            : String.format(Locale.ROOT, ", of GPUs %,d MiB", result.peakDeviceMiB()),
        result.flopsPerSecond() * 1e-12,
        result.modelFlopsUtilization() == null
            ? ""
            : String.format(
                Locale.ROOT,
                ", %.1f %% of the GPU's bf16 rate",
                100 * result.modelFlopsUtilization()));
  }
}
