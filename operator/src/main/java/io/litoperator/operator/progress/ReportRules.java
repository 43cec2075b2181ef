package io.litoperator.operator.progress;

import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import java.util.Map;

/** What a report may contain, whoever sends it: everything ends up in the job's status. */
final class ReportRules {
  private static final int MAX_NODES = 1024;
  private static final int MAX_REASONS = 16;
  private static final long MAX_COUNT = 1_000_000_000_000_000L;

  private ReportRules() {}

  /**
   * @throws RequestRefusedException 400, naming the first field that is wrong
   */
  static void check(ProgressReport report) {
    Field.of("attempt", report.attempt()).between(1, Integer.MAX_VALUE);
    Field.of("sequence", report.sequence()).between(1, MAX_COUNT);
    Field.of("activity", report.activity()).present();
    Field.of("registeredNodes", report.registeredNodes()).between(0, MAX_NODES);
    if (report.progress() != null) {
      check(report.progress());
    }
    Field.of("checkpoints", report.checkpoints()).atMost(ProgressReport.MAX_CHECKPOINTS);
    for (int i = 0; i < report.checkpoints().size(); i++) {
      check("checkpoints[" + i + "].", report.checkpoints().get(i));
    }
    Field.of("bestCheckpoint", report.bestCheckpoint()).name();
    Field.of("evaluations", report.evaluations()).atMost(ProgressReport.MAX_EVALUATIONS);
    for (int i = 0; i < report.evaluations().size(); i++) {
      check("evaluations[" + i + "].", report.evaluations().get(i));
    }
    check(report.restarts());
    if (report.lastFailure() != null) {
      check(report.lastFailure());
    }
  }

  private static void check(Progress progress) {
    Field.of("progress.stage", progress.stage()).present().name();
    Field.of("progress.step", progress.step()).present().between(0, MAX_COUNT);
    Field.of("progress.totalSteps", progress.totalSteps()).between(progress.step(), MAX_COUNT);
    Field.of("progress.percent", progress.percent()).between(0, 100);
    Field.of("progress.epoch", progress.epoch()).finite(0, Double.MAX_VALUE);
    Field.of("progress.loss", progress.loss()).finite();
    Field.of("progress.instructionLoss", progress.instructionLoss()).finite();
    Field.of("progress.responseLoss", progress.responseLoss()).finite();
    Field.of("progress.learningRate", progress.learningRate()).finite(0, Double.MAX_VALUE);
    Field.of("progress.gradientNorm", progress.gradientNorm()).finite(0, Double.MAX_VALUE);
    Field.of("progress.samplesPerSecond", progress.samplesPerSecond()).finite(0, Double.MAX_VALUE);
    Field.of("progress.tokensPerSecond", progress.tokensPerSecond()).finite(0, Double.MAX_VALUE);
    Field.of("progress.modelFlopsUtilization", progress.modelFlopsUtilization()).finite(0, 1);
    Field.of("progress.peakMemoryBytes", progress.peakMemoryBytes()).between(0, Long.MAX_VALUE);
    Field.of("progress.estimatedCompletion", progress.estimatedCompletion()).time();
  }

  private static void check(String path, SavedCheckpoint checkpoint) {
    Field.of(path + "stage", checkpoint.stage()).present().name();
    Field.of(path + "step", checkpoint.step()).present().between(0, MAX_COUNT);
    Field.of(path + "uri", checkpoint.uri()).text(1024);
    Field.of(path + "sizeBytes", checkpoint.sizeBytes()).between(0, Long.MAX_VALUE);
    Field.of(path + "digest", checkpoint.digest()).text(128);
    Field.of(path + "savedAt", checkpoint.savedAt()).time();
    Field.of(path + "score", checkpoint.score()).decimal();
  }

  private static void check(String path, Evaluation evaluation) {
    Field.of(path + "task", evaluation.task()).present().name();
    Field.of(path + "metric", evaluation.metric()).present().name();
    Field.of(path + "score", evaluation.score()).present().decimal();
    Field.of(path + "samples", evaluation.samples()).between(0, MAX_COUNT);
    Field.of(path + "scorer", evaluation.scorer()).name();
    Field.of(path + "checkpointStep", evaluation.checkpointStep()).between(0, MAX_COUNT);
    Field.of(path + "finishedAt", evaluation.finishedAt()).time();
  }

  private static void check(Map<String, Integer> restarts) {
    Field.of("restarts", restarts.keySet()).atMost(MAX_REASONS);
    restarts.forEach(
        (reason, count) -> {
          Field.of("restarts", reason).name();
          Field.of("restarts." + reason, count).between(0, Integer.MAX_VALUE);
        });
  }

  private static void check(LastFailure failure) {
    Field.of("lastFailure.reason", failure.reason()).present().name();
    Field.of("lastFailure.message", failure.message()).text(2048);
    Field.of("lastFailure.exitCode", failure.exitCode()).between(0, 255);
    Field.of("lastFailure.rank", failure.rank()).between(0, Integer.MAX_VALUE);
    Field.of("lastFailure.node", failure.node()).text(253);
    Field.of("lastFailure.evidence", failure.evidence()).text(8192);
    Field.of("lastFailure.at", failure.at()).time();
  }
}
