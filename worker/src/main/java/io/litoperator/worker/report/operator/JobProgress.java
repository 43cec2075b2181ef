package io.litoperator.worker.report.operator;

import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.worker.report.Event;
import java.time.Instant;
import java.util.Optional;

/** How far a job has come, by what happens in it. Pure. */
record JobProgress(ReportedJob job) {
  /** An attempt's steps begin where it resumes: those after that are lost. */
  Progress resumed(Progress before, String checkpoint) {
    String stage = job.stages().get(0).label();
    long step = 0;
    if (checkpoint != null) {
      stage = checkpoint.substring(0, checkpoint.lastIndexOf('-'));
      step = Long.parseLong(checkpoint.substring(checkpoint.lastIndexOf('-') + 1));
    }
    return begun(stage, step, totalSteps(before, stage));
  }

  private Long totalSteps(Progress before, String stage) {
    if (before != null && stage.equals(before.stage())) {
      return before.totalSteps();
    }
    return job.stages().stream()
        .filter(each -> each.label().equals(stage) && each.steps().isPresent())
        .map(each -> (long) each.steps().getAsInt())
        .findFirst()
        .orElse(null);
  }

  Progress begun(Event.StageStarted started) {
    return begun(started.stage(), started.fromStep(), started.totalSteps());
  }

  private Progress begun(String stage, long step, Long totalSteps) {
    return new Progress(
        stage,
        step,
        totalSteps,
        totalSteps == null ? null : percent(stage, step, totalSteps),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  Progress at(Event.Step step, Instant at) {
    return new Progress(
        step.stage(),
        step.step(),
        step.totalSteps(),
        percent(step.stage(), step.step(), step.totalSteps()),
        finite(step.epoch()),
        finite(step.loss()),
        finite(step.instructionLoss()),
        finite(step.responseLoss()),
        finite(step.learningRate()),
        finite(step.gradientNorm()),
        finite(step.samplesPerSecond()),
        finite(step.tokensPerSecond()),
        finite(step.modelFlopsUtilization()),
        step.peakMemoryBytes(),
        completion(step, at),
        ReportFold.time(at));
  }

  /** Whole percents; 100 only when nothing is left to do. */
  private int percent(String stage, long step, long totalSteps) {
    int percent = (int) (100 * fractionDone(stage, step, totalSteps));
    return job.evaluates() ? Math.min(99, percent) : percent;
  }

  private double fractionDone(String stage, long step, long totalSteps) {
    return job.fractionDone(stage, totalSteps == 0 ? 1 : (double) step / totalSteps);
  }

  /** If what is left goes on as this stage does. */
  private String completion(Event.Step step, Instant at) {
    double done = fractionDone(step.stage(), step.step(), step.totalSteps());
    double stageLeft = fractionDone(step.stage(), step.totalSteps(), step.totalSteps()) - done;
    double seconds =
        stageLeft > 0 ? step.secondsLeft() * (1 - done) / stageLeft : step.secondsLeft();
    return Double.isFinite(seconds) ? ReportFold.time(at.plusMillis((long) (seconds * 1e3))) : null;
  }

  /** Of a job of which nothing is left to do. */
  static Progress done(Progress p) {
    return new Progress(
        p.stage(),
        p.totalSteps() == null ? p.step() : p.totalSteps(),
        p.totalSteps(),
        100,
        p.epoch(),
        p.loss(),
        p.instructionLoss(),
        p.responseLoss(),
        p.learningRate(),
        p.gradientNorm(),
        p.samplesPerSecond(),
        p.tokensPerSecond(),
        p.modelFlopsUtilization(),
        p.peakMemoryBytes(),
        null,
        p.lastHeartbeat());
  }

  /** JSON has no other numbers; what is not one is left out. */
  private static Double finite(Double number) {
    return Optional.ofNullable(number).filter(Double::isFinite).orElse(null);
  }
}
