package io.litoperator.worker.cli;

import io.litoperator.worker.data.Inspection;
import io.litoperator.worker.data.image.ImageProcessor;
import io.litoperator.worker.data.labels.Labeller;
import io.litoperator.worker.data.loading.Dataset;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.interchange.ModelSources;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.report.MaskText;
import io.litoperator.worker.report.html.InspectPage;
import io.litoperator.worker.run.JobTemplates;
import io.litoperator.worker.transfer.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "inspect",
    description = "Show a training sample with what becomes of each token.",
    footer = {
      "%nExamples:",
      "  lit inspect job.yaml --sample 0",
      "  lit inspect job.yaml --sample 12 --objective VIT --html sample.html"
    })
final class InspectCommand implements Callable<Integer> {
  private final Console console;

  @Mixin private JobArgument job;

  @Option(
      names = "--sample",
      paramLabel = "N",
      required = true,
      description = "Index of the sample, counted from 0 over all of the stage's data sets.")
  private int sample;

  @Option(
      names = "--stage",
      paramLabel = "pretrain|finetune",
      description = "Whose data to show. Default: the job's last.")
  private Stage stage;

  @Option(
      names = "--objective",
      converter = Objectives.class,
      completionCandidates = Objectives.class,
      description = "${COMPLETION-CANDIDATES}. Default: the job's.")
  private Objective objective;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with the picture beside the conversation as well.")
  private Path html;

  InspectCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    RunPlan plan =
        job.plan(
            new Overrides(Optional.ofNullable(objective), OptionalLong.empty(), Optional.empty()),
            console);
    Inspection inspection = inspect(plan.model(), stageOf(JobTemplates.ready(plan, Progress.NONE)));
    console.out().print(new MaskText(console.screen().get()).render(inspection));
    if (html != null) {
      InspectPage.write(html, plan.name() + " · sample " + sample, List.of(inspection));
      console.err().println("Page: " + html.toAbsolutePath());
    }
    return ExitCode.DONE.code();
  }

  private StagePlan stageOf(RunPlan plan) {
    List<StagePlan> stages = plan.stages();
    if (stage == null) {
      return stages.get(stages.size() - 1);
    }
    return stages.stream()
        .filter(planned -> planned.stage() == stage)
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.INVALID,
                    "The job has no spec.%s; name another --stage.".formatted(stage.label())));
  }

  private Inspection inspect(ModelPlan model, StagePlan planned) {
    // Masks do not depend on how pictures are fitted, so tiles are not needed.
    ImageProcessor images =
        ImageProcessor.open(ModelSources.visionFolder(model), ImageAspect.SQUARE, List.of());
    try (Tokenizer tokenizer = ModelSources.tokenizer(model);
        Dataset data =
            Dataset.open(
                planned.datasets(), Labeller.of(tokenizer, model, planned), images::process)) {
      if (sample < 0 || sample >= data.size()) {
        throw new Failure(
            ExitCode.INVALID,
            "There is no sample %d: the %s data has samples 0 to %d; choose one with --sample."
                .formatted(sample, planned.stage().label(), data.size() - 1));
      }
      return data.inspect(sample);
    }
  }
}
