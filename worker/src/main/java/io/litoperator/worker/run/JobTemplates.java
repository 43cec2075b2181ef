package io.litoperator.worker.run;

import io.litoperator.worker.data.loading.DataCheck;
import io.litoperator.worker.data.loading.TemplateMining;
import io.litoperator.worker.data.mining.MinedTemplate;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.plan.MiningPlan;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** The task templates of a job that has them mined from its own data. */
public final class JobTemplates {
  private JobTemplates() {}

  /**
   * The plan with its templates. They are mined once and kept, one a line, so that a run that goes
   * on masks what it masked before.
   *
   * @param kept file of the mined templates, read if it is there and written if not
   * @param notice told what was mined
   * @throws Failure if the data cannot be opened, or STORAGE if the file cannot be written or read
   */
  static RunPlan ready(RunPlan plan, Path kept, Consumer<String> notice) {
    return withTemplates(
        plan,
        stage -> {
          if (Files.exists(kept)) {
            return read(kept);
          }
          List<String> templates = mine(stage, (done, total) -> {});
          write(kept, templates);
          notice.accept(
              "Mined %,d task templates from the data; they are in %s."
                  .formatted(templates.size(), kept));
          return templates;
        });
  }

  /**
   * The plan with the templates that an earlier start of the job had from its ConfigMap, which may
   * have changed meanwhile: a job masks the same from beginning to end.
   *
   * @param kept file of the templates, read if it is there and written if not
   * @param notice told if the ConfigMap has changed
   */
  static RunPlan kept(RunPlan plan, Path kept, Consumer<String> notice) {
    return plan.withStages(
        plan.stages().stream()
            .map(
                stage ->
                    stage.stage() == Stage.PRETRAIN
                        ? stage
                        : stage.withLabels(kept(stage.labels(), kept, notice)))
            .toList());
  }

  private static LabelPlan kept(LabelPlan labels, Path kept, Consumer<String> notice) {
    if (!Files.exists(kept)) {
      write(kept, labels.templates());
      return labels;
    }
    List<String> before = read(kept);
    if (!before.equals(labels.templates())) {
      notice.accept(
          "The ConfigMap of task templates has changed; the job goes on with those it began with, in %s."
              .formatted(kept));
    }
    return labels.withTemplates(before);
  }

  /** The plan with its templates, mined for this once. */
  public static RunPlan ready(RunPlan plan, DataCheck.Progress progress) {
    return withTemplates(plan, stage -> mine(stage, progress));
  }

  /** Mines a stage's data by a plan that may depend on the number of samples. */
  public static TemplateMining.Mined mine(
      StagePlan stage, IntFunction<MiningPlan> plan, DataCheck.Progress progress) {
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

  private static List<String> mine(StagePlan stage, DataCheck.Progress progress) {
    Optional<MiningPlan> plan = stage.labels().mine();
    return mine(stage, samples -> plan.orElseThrow(), progress).templates().stream()
        .map(MinedTemplate::text)
        .toList();
  }

  private static List<String> read(Path kept) {
    try {
      return Files.readAllLines(kept);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be read: %s.".formatted(kept, e.getMessage()), e);
    }
  }

  private static void write(Path kept, List<String> templates) {
    try {
      Files.createDirectories(kept.getParent());
      Path unfinished = Files.createTempFile(kept.getParent(), "templates", null);
      Files.write(unfinished, templates);
      Files.move(unfinished, kept, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(
          ExitCode.STORAGE, "%s cannot be written: %s.".formatted(kept, e.getMessage()), e);
    }
  }
}
