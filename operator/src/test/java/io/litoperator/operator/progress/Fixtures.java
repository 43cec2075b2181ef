package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobSpec;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.api.v1alpha1.TopologySpec;
import io.litoperator.operator.resource.Labels;
import java.util.List;
import java.util.Map;

/** A job of two nodes, its coordinator's Pod and reports, all good until a test spoils them. */
final class Fixtures {
  static final JobName NAME = new JobName("team", "demo");
  static final String JOB_UID = "5a0f6d1e-0000-4000-8000-000000000001";
  static final String POD_UID = "5a0f6d1e-0000-4000-8000-0000000000a0";
  static final String OTHER_UID = "5a0f6d1e-0000-4000-8000-0000000000b0";
  static final Sender COORDINATOR = new Sender("team", "demo-0", POD_UID);

  private Fixtures() {}

  /** Pod {@link #POD_UID} is recorded from attempt 1. */
  static LitTrainingJob job() {
    return job(NAME, JOB_UID, POD_UID, 1);
  }

  /**
   * @param podUid of member 0; null for one that is not recorded yet
   */
  static LitTrainingJob job(JobName name, String uid, String podUid, int attempt) {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(name.namespace())
            .withName(name.name())
            .withUid(uid)
            .withCreationTimestamp("2026-11-23T08:00:00Z")
            .build());
    job.setSpec(spec(false));
    job.setStatus(
        status(
            Phase.FINETUNING,
            List.of(new Member(0, podUid, attempt), new Member(1, OTHER_UID, attempt)),
            ProgressStatus.of(null)));
    return job;
  }

  static LitTrainingJobSpec spec(boolean suspend) {
    return new LitTrainingJobSpec(
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        42L,
        new TopologySpec(2, 1, null, null),
        null,
        null,
        suspend,
        null,
        null,
        null,
        null,
        null);
  }

  static LitTrainingJobStatus status(Phase phase, List<Member> members, ProgressStatus reported) {
    return new LitTrainingJobStatus(
        1L,
        phase,
        null,
        "2026-11-23T08:00:01Z",
        null,
        null,
        null,
        reported.progress(),
        reported.checkpoints(),
        reported.latestCheckpoint(),
        reported.bestCheckpoint(),
        reported.evaluations(),
        null,
        null,
        null,
        1,
        members,
        reported.coordinator());
  }

  static Pod pod(LitTrainingJob job, String uid, int attempt) {
    return new PodBuilder()
        .withNewMetadata()
        .withNamespace(job.getMetadata().getNamespace())
        .withName(JobName.of(job).coordinatorPod())
        .withUid(uid)
        .withLabels(Map.of(Labels.ATTEMPT, Integer.toString(attempt)))
        .addNewOwnerReference()
        .withUid(job.getMetadata().getUid())
        .endOwnerReference()
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("worker")
        .addNewEnv()
        .withName("NNODES")
        .withValue("2")
        .endEnv()
        .addNewEnv()
        .withName("LOCAL_WORLD_SIZE")
        .withValue("1")
        .endEnv()
        .endContainer()
        .endSpec()
        .build();
  }

  static ProgressReport report(long sequence) {
    return report(1, sequence, Activity.FINETUNING, progress(sequence));
  }

  static ProgressReport report(int attempt, long sequence, Activity activity, Progress progress) {
    return new ProgressReport(
        attempt, sequence, activity, 2, progress, List.of(), null, List.of(), Map.of(), null);
  }

  static ProgressReport report(
      long sequence, List<SavedCheckpoint> checkpoints, List<Evaluation> evaluations) {
    return report(sequence, checkpoints, null, evaluations);
  }

  static ProgressReport report(
      long sequence,
      List<SavedCheckpoint> checkpoints,
      String bestCheckpoint,
      List<Evaluation> evaluations) {
    return new ProgressReport(
        1,
        sequence,
        Activity.FINETUNING,
        2,
        progress(sequence),
        checkpoints,
        bestCheckpoint,
        evaluations,
        Map.of(),
        null);
  }

  static Progress progress(long step) {
    return new Progress(
        "finetune",
        step,
        1000L,
        (int) Math.min(100, step / 10),
        0.5,
        1.25,
        1.5,
        1.0,
        2e-5,
        0.8,
        64.0,
        9000.0,
        0.41,
        1L << 30,
        "2026-11-23T12:00:00Z",
        null);
  }

  static SavedCheckpoint checkpoint(String stage, long step, String score) {
    return new SavedCheckpoint(
        stage,
        step,
        "pvc://ckpt/demo/" + stage + "-" + step,
        1_000_000L,
        "0".repeat(64),
        "2026-11-23T09:00:00Z",
        score);
  }

  static Evaluation evaluation(String task, String metric, String score, long step) {
    return new Evaluation(task, metric, score, 100L, "scorer-1", step, "2026-11-23T09:01:00Z");
  }
}
