package io.litoperator.operator.metrics;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.Progress;
import java.time.Instant;
import java.util.Map;

/** A job as it is seen at some second after its creation; each method gives a changed copy. */
record Observed(
    String name,
    Phase phase,
    boolean hasPods,
    Integer attempt,
    Long step,
    int heardAt,
    Map<String, Integer> restarts,
    int failedAt) {
  static final Instant CREATED = Instant.parse("2026-11-23T08:00:00Z");

  static Observed created(String name) {
    return new Observed(name, Phase.PENDING, false, null, null, 0, Map.of(), 0);
  }

  /** Pods are made two seconds after the creation. */
  Observed withPods() {
    return new Observed(name, Phase.STARTING, true, attempt, step, heardAt, restarts, failedAt);
  }

  Observed trained(int newAttempt, long newStep, int second) {
    return new Observed(
        name, Phase.FINETUNING, true, newAttempt, newStep, second, restarts, failedAt);
  }

  Observed failed(Map<String, Integer> newRestarts, int second) {
    return new Observed(name, Phase.RESTARTING, true, attempt, step, heardAt, newRestarts, second);
  }

  Observed in(Phase newPhase) {
    return new Observed(name, newPhase, hasPods, attempt, step, heardAt, restarts, failedAt);
  }

  static Instant at(int second) {
    return CREATED.plusSeconds(second);
  }

  LitTrainingJob job() {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("team")
            .withName(name)
            .withUid("uid-" + name)
            .withCreationTimestamp(CREATED.toString())
            .build());
    job.setStatus(status());
    return job;
  }

  LitTrainingJobStatus status() {
    return new LitTrainingJobStatus(
        1L,
        phase,
        null,
        hasPods ? at(2).toString() : null,
        null,
        null,
        null,
        step == null ? null : progress(),
        null,
        null,
        null,
        null,
        new Restarts(restarts.size(), restarts, null, null),
        failedAt == 0
            ? null
            : new LastFailure("Hang", null, null, null, null, null, at(failedAt).toString()),
        1,
        null,
        attempt == null
            ? null
            : new Coordinator("pod", attempt, 1L, Activity.FINETUNING, 1, null, null));
  }

  private Progress progress() {
    return new Progress(
        "finetune",
        step,
        100L,
        (int) Math.min(100, step),
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
        at(heardAt).toString());
  }
}
