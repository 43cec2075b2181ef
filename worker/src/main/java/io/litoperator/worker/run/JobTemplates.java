package io.litoperator.worker.run;

import io.litoperator.worker.checkpoint.JobFiles;
import io.litoperator.worker.data.loading.TemplateMining;
import io.litoperator.worker.data.mining.MinedTemplate;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.MiningPlan;
import io.litoperator.worker.plan.Places;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.transfer.Progress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.stream.Collectors;

/** The task templates of a job that has them mined from its own data. */
public final class JobTemplates {
  private static final String FILE = Places.TEMPLATES_FILE;

  private JobTemplates() {}

  /**
   * The plan with its templates. They are mined once and kept, one a line, so that a run that goes
   * on masks what it masked before.
   *
   * @param files where the mined templates are kept, read if they are there and written if not
   * @param notice told what was mined
   * @throws Failure if the data cannot be opened, or STORAGE if the file cannot be written or read
   */
  static RunPlan ready(RunPlan plan, JobFiles files, Consumer<String> notice) {
    return withTemplates(
        plan,
        stage -> {
          Optional<List<String>> kept = read(files);
          if (kept.isPresent()) {
            return kept.get();
          }
          List<String> templates = writeOnce(files, mine(stage, Progress.NONE));
          notice.accept(
              "Mined %,d task templates from the data; they are in %s."
                  .formatted(templates.size(), files.name(FILE)));
          return templates;
        });
  }

  /**
   * The plan with the templates that an earlier start of the job had from its ConfigMap, which may
   * have changed meanwhile: a job masks the same from beginning to end.
   *
   * @param files where the templates are kept, read if they are there and written if not
   * @param notice told if the ConfigMap has changed
   */
  static RunPlan kept(RunPlan plan, JobFiles files, Consumer<String> notice) {
    return plan.withStages(
        plan.stages().stream()
            .map(
                stage ->
                    stage.stage() == Stage.PRETRAIN
                        ? stage
                        : stage.withLabels(kept(stage.labels(), files, notice)))
            .toList());
  }

  private static LabelPlan kept(LabelPlan labels, JobFiles files, Consumer<String> notice) {
    List<String> before = read(files).orElseGet(() -> writeOnce(files, labels.templates()));
    if (!before.equals(labels.templates())) {
      notice.accept(
          "The ConfigMap of task templates has changed; the job goes on with those it began with, in %s."
              .formatted(files.name(FILE)));
    }
    return labels.withTemplates(before);
  }

  /** The plan with its templates, mined for this once. */
  public static RunPlan ready(RunPlan plan, Progress progress) {
    return withTemplates(plan, stage -> mine(stage, progress));
  }

  /** Mines a stage's data by a plan that may depend on the number of samples. */
  public static TemplateMining.Mined mine(
      StagePlan stage, IntFunction<MiningPlan> plan, Progress progress) {
    return TemplateMining.run(
        stage.datasets(), plan, Runtime.getRuntime().availableProcessors(), progress);
  }

  private interface Source {
    List<String> templates(StagePlan stage);
  }

  private static RunPlan withTemplates(RunPlan plan, Source source) {
    return plan.withStages(
        plan.stages().stream()
            .map(
                stage ->
                    stage.labels().mine().isEmpty()
                        ? stage
                        : stage.withLabels(stage.labels().withTemplates(source.templates(stage))))
            .toList());
  }

  private static List<String> mine(StagePlan stage, Progress progress) {
    Optional<MiningPlan> plan = stage.labels().mine();
    return mine(stage, samples -> plan.orElseThrow(), progress).templates().stream()
        .map(MinedTemplate::text)
        .toList();
  }

  private static Optional<List<String>> read(JobFiles files) {
    return files.read(FILE).map(JobTemplates::lines);
  }

  /** What is kept then: another Pod of the job may have written its own meanwhile. */
  private static List<String> writeOnce(JobFiles files, List<String> templates) {
    String lines = templates.stream().map(line -> line + "\n").collect(Collectors.joining());
    return lines(files.writeOnce(FILE, lines.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<String> lines(byte[] text) {
    return new String(text, StandardCharsets.UTF_8).lines().toList();
  }
}
