package io.litoperator.worker.cli;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.litoperator.worker.data.loading.TemplateMining.Mined;
import io.litoperator.worker.data.mining.MinedTemplate;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.MiningPlan;
import io.litoperator.worker.plan.Overrides;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.run.JobTemplates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "mine-templates",
    description = {
      "Find the task templates of a job's fine-tune data: the sentences that people say most often.",
      "%nLIT leaves templates out of the loss. The paper gives neither its threshold nor its way of"
          + " splitting sentences: look at the table, choose a threshold, and name the templates in"
          + " the job by spec.finetune.objective.templates."
    },
    footer = {
      "%nExamples:",
      "  lit mine-templates job.yaml",
      "  lit mine-templates job.yaml --min-frequency 1000 --output templates.yaml"
    })
final class MineTemplatesCommand implements Callable<Integer> {
  /** Of the samples, a sentence that occurs in so many is looked at as a template. */
  private static final double DEFAULT_SHARE = 0.005;

  private final Console console;

  @Mixin private JobArgument job;

  @Option(
      names = "--min-frequency",
      paramLabel = "N",
      description =
          "Times that a sentence occurs at least. Default: the job's, else 0.5 %% of the samples.")
  private Integer minFrequency;

  @Option(
      names = "--min-words",
      paramLabel = "N",
      description = "Of a sentence; shorter ones are no templates. Default: the job's, else 3.")
  private Integer minWords;

  @Option(
      names = "--splitter",
      paramLabel = "sentences|lines",
      description = "What questions are taken apart into. Default: the job's, else sentences.")
  private MiningPlan.Unit splitter;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Write the templates as YAML, for spec.finetune.objective.")
  private Path output;

  MineTemplatesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    requireRoomForOutput();
    RunPlan plan = job.plan(Overrides.none(), console);
    StagePlan finetune =
        plan.stages().stream()
            .filter(stage -> stage.stage() == Stage.FINETUNE)
            .findFirst()
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.INVALID,
                        "The job has no spec.finetune, whose data is mined; add it."));
    Mined mined;
    try (CountProgress progress =
        new CountProgress(console.err(), console.screen().get(), "reading", "read")) {
      mined = JobTemplates.mine(finetune, samples -> options(finetune, samples), progress);
    }
    show(mined);
    if (output != null) {
      write(mined.templates());
      console.err().println("Templates: " + output.toAbsolutePath());
    }
    return ExitCode.DONE.code();
  }

  /** Before all samples are read twice. */
  private void requireRoomForOutput() {
    if (output != null && !Files.isWritable(output.toAbsolutePath().getParent())) {
      throw new Failure(
          ExitCode.STORAGE,
          "%s cannot be written: its folder is not there, or may not be written to; choose another with --output."
              .formatted(output));
    }
  }

  private MiningPlan options(StagePlan stage, int samples) {
    MiningPlan planned =
        stage
            .labels()
            .mine()
            .orElse(
                new MiningPlan(
                    Math.max(2, (long) Math.ceil(DEFAULT_SHARE * samples)),
                    3,
                    MiningPlan.Unit.SENTENCES));
    return new MiningPlan(
        minFrequency == null
            ? planned.minFrequency()
            : Counts.atLeastOne("--min-frequency", minFrequency),
        minWords == null ? planned.minWords() : Counts.atLeastOne("--min-words", minWords),
        splitter == null ? planned.splitter() : splitter);
  }

  private void show(Mined mined) {
    if (mined.unread() > 0) {
      console
          .err()
          .printf(
              Locale.ROOT,
              "%,d samples break the format and are left out; 'lit check %s' lists them.%n",
              mined.unread(),
              job);
    }
    console
        .out()
        .printf(
            Locale.ROOT,
            "%,d templates occur at least %,d times in %,d samples%n",
            mined.templates().size(),
            mined.plan().minFrequency(),
            mined.samples());
    if (!mined.templates().isEmpty()) {
      console.out().printf("%n%11s  %8s  %s%n", "occurrences", "a sample", "template");
    }
    for (MinedTemplate template : mined.templates()) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%,11d  %8.4f  %s%n",
              template.occurrences(),
              (double) template.occurrences() / mined.samples(),
              template.text());
    }
  }

  private void write(List<MinedTemplate> templates) {
    YAMLMapper yaml =
        YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
            .build();
    List<String> texts = templates.stream().map(MinedTemplate::text).toList();
    try {
      Files.writeString(
          output, yaml.writeValueAsString(Map.of("templates", Map.of("list", texts))));
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be written: %s.".formatted(output, Failure.reason(e)), e);
    }
  }
}
