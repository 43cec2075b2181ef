package io.litoperator.operator.metrics;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;

/**
 * A job of two stages as it is seen after its creation; each method gives a changed copy. Seconds
 * are since the creation.
 *
 * @param startedAt null without Pods
 * @param attempt as the operator counts
 * @param report newest; null before the first
 * @param failure newest; null before the first
 * @param endedAt null of a job that is not over, or does not tell
 */
record Observed(
    String name,
    Phase phase,
    Integer startedAt,
    int attempt,
    Report report,
    Map<String, Integer> restarts,
    Failure failure,
    Integer endedAt) {
  static final Instant CREATED = Instant.parse("2026-11-23T08:00:00Z");

  private Observed(
      String name,
      Phase phase,
      Integer startedAt,
      int attempt,
      Report report,
      Map<String, Integer> restarts,
      Failure failure) {
    this(name, phase, startedAt, attempt, report, restarts, failure, null);
  }

  record Report(int attempt, Activity activity, String stage, long step, int second) {}

  record Failure(String reason, int second) {}

  static Observed created(String name) {
    return new Observed(name, Phase.PENDING, null, 1, null, Map.of(), null);
  }

  static Instant at(int second) {
    return CREATED.plusSeconds(second);
  }

  /** Pods are made two seconds after the creation. */
  Observed withPods() {
    return startedAt(2);
  }

  Observed startedAt(int second) {
    return new Observed(name, Phase.STARTING, second, attempt, report, restarts, failure);
  }

  Observed in(Phase newPhase) {
    return new Observed(name, newPhase, startedAt, attempt, report, restarts, failure);
  }

  Observed ended(Phase end, int second) {
    return new Observed(name, end, startedAt, attempt, report, restarts, failure, second);
  }

  /** In the second stage, of whose steps the newest is told. */
  Observed trained(int reported, long step, int second) {
    return told(new Report(reported, Activity.FINETUNING, "finetune", step, second))
        .in(Phase.FINETUNING);
  }

  Observed pretrained(int reported, long step, int second) {
    return told(new Report(reported, Activity.PRETRAINING, "pretrain", step, second))
        .in(Phase.PRETRAINING);
  }

  /** The gang of the next attempt gathers. */
  Observed failed(String reason, int second) {
    Map<String, Integer> counts = new TreeMap<>(restarts);
    counts.merge(reason, 1, Integer::sum);
    return new Observed(
        name,
        Phase.RESTARTING,
        startedAt,
        attempt + 1,
        report,
        counts,
        new Failure(reason, second));
  }

  /** A restart without a failure. */
  Observed resized() {
    Observed restarted = failed("Resized", 0);
    return new Observed(
        name,
        Phase.RESTARTING,
        startedAt,
        restarted.attempt(),
        report,
        restarted.restarts(),
        failure);
  }

  Observed suspended() {
    return new Observed(
        name,
        Phase.SUSPENDED,
        null,
        startedAt == null ? attempt : attempt + 1,
        report,
        restarts,
        failure);
  }

  LitTrainingJob job() {
    LitTrainingJob job =
        Jobs.edited(
            Jobs.of(1),
            """
            pretrain: {dataset: [{annotations: "pvc://data/p.json", images: "pvc://data"}]}
            """);
    job.getMetadata().setNamespace("team");
    job.getMetadata().setName(name);
    job.getMetadata().setUid("uid-" + name);
    job.getMetadata().setCreationTimestamp(CREATED.toString());
    job.setStatus(status());
    return job;
  }

  LitTrainingJobStatus status() {
    return new LitTrainingJobStatus(
        1L,
        phase,
        null,
        startedAt == null ? null : at(startedAt).toString(),
        endedAt == null ? null : at(endedAt).toString(),
        null,
        null,
        report == null ? null : progress(),
        null,
        null,
        null,
        null,
        new Restarts(restarts.size(), restarts, null, null, null, null),
        failure == null
            ? null
            : new LastFailure(
                failure.reason(), null, null, null, null, null, at(failure.second()).toString()),
        null,
        attempt,
        null,
        report == null
            ? null
            : new Coordinator("pod", report.attempt(), 1L, report.activity(), 1, null, null));
  }

  private Observed told(Report newest) {
    return new Observed(name, phase, startedAt, attempt, newest, restarts, failure);
  }

  private Progress progress() {
    return new Progress(
        report.stage(),
        report.step(),
        100L,
        (int) Math.min(100, report.step()),
        null,
        1.0,
        null,
        null,
        null,
        null,
        32.0,
        4096.0,
        null,
        null,
        null,
        at(report.second()).toString());
  }
}
