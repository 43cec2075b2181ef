package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.EvaluationPlan.Judge;
import io.litoperator.worker.report.Event;
import io.litoperator.worker.report.JsonLines;
import io.litoperator.worker.report.Listener;
import io.litoperator.worker.report.Listeners;
import io.litoperator.worker.report.Terminal;
import io.litoperator.worker.run.EvaluateRun;
import io.litoperator.worker.source.Downloads.Use;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "evaluate",
    description = "Score a trained model on benchmarks.",
    footer = {
      "%nExamples:",
      "  lit evaluate CHECKPOINT --tasks pope,gqa --data benchmarks --ranks 8 --device cuda",
      "  lit evaluate CHECKPOINT --tasks mmhal --data benchmarks \\",
      "      --judge-url https://api.example.com/v1 --judge-model MODEL",
      "%nThe judge's API key is read from the variable LIT_JUDGE_API_KEY."
    })
final class EvaluateCommand implements Callable<Integer> {
  private final Console console;

  @Parameters(
      paramLabel = "CHECKPOINT",
      description =
          "Folder of a checkpoint, or of a model in a published layout; also hf:// or s3://.")
  private String model;

  @Option(
      names = "--tasks",
      split = ",",
      paramLabel = "TASK",
      required = true,
      description = "Tasks, by the names of docs/evaluation.md.")
  private List<String> tasks;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of data sets: TASK.jsonl, or a folder each, as downloaded; also s3://.")
  private String data;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder of all that is written. Default: lit-output/evaluate.")
  private Path output = Path.of("lit-output", "evaluate");

  @Option(
      names = "--ranks",
      paramLabel = "N",
      defaultValue = "1",
      description = "Processes that share the questions. Default: ${DEFAULT-VALUE}.")
  private int ranks;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--max-new-tokens",
      paramLabel = "N",
      description = "Longest answer. Default: each benchmark's own.")
  private Integer newTokens;

  @Option(
      names = "--resume",
      description = "Go on where an earlier run in the folder stopped, if one did.")
  private boolean resume;

  @Option(
      names = "--judge-url",
      paramLabel = "URL",
      defaultValue = "${env:LIT_JUDGE_URL}",
      description = "OpenAI-compatible endpoint of the judge. Default: $LIT_JUDGE_URL.")
  private URI judgeUrl;

  @Option(
      names = "--judge-model",
      paramLabel = "NAME",
      defaultValue = "${env:LIT_JUDGE_MODEL}",
      description = "The judge's name there. Default: $LIT_JUDGE_MODEL.")
  private String judgeModel;

  @Option(names = "--json", description = "Print events as JSON lines.")
  private boolean json;

  EvaluateCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    requireSensible();
    compute.requireUsable();
    EvaluateRun.Options options =
        new EvaluateRun.Options(
            SourceArgument.bring(console, "CHECKPOINT", model, Use.MODEL)
                .toAbsolutePath()
                .normalize(),
            tasks,
            SourceArgument.bring(console, "--data", data, Use.DATA).toAbsolutePath().normalize(),
            output.toAbsolutePath().normalize(),
            ranks,
            compute.device(),
            compute.precision(),
            newTokens == null ? OptionalInt.empty() : OptionalInt.of(newTokens),
            resume,
            judgeUrl == null ? Optional.empty() : Optional.of(new Judge(judgeUrl, judgeModel)));
    if (json) {
      return new EvaluateRun(options, new JsonLines(console.out())).run().code();
    }
    try (Terminal terminal = new Terminal(console.out(), console.screen().get())) {
      Listener listener = Listeners.of(terminal, this::tell);
      return new EvaluateRun(options, listener).run().code();
    }
  }

  private void tell(Event event) {
    if (event instanceof Event.Scored scored) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s.%s  %.4f  (%d samples)%n",
              scored.task(),
              scored.metric(),
              scored.score(),
              scored.samples());
    }
  }

  private void requireSensible() {
    Counts.atLeastOne("--ranks", ranks);
    if (newTokens != null) {
      Counts.atLeastOne("--max-new-tokens", newTokens);
    }
    if (new LinkedHashSet<>(tasks).size() < tasks.size()) {
      throw new Failure(ExitCode.INVALID, "--tasks names a task twice; name each once.");
    }
    if ((judgeUrl == null) != (judgeModel == null)) {
      throw new Failure(
          ExitCode.INVALID, "--judge-url and --judge-model belong together; give both or neither.");
    }
    if (judgeUrl != null
        && (judgeUrl.getHost() == null
            || !List.of("http", "https").contains(judgeUrl.getScheme()))) {
      throw new Failure(
          ExitCode.INVALID,
          "--judge-url must begin with http:// or https:// and a host, not %s."
              .formatted(judgeUrl));
    }
  }
}
