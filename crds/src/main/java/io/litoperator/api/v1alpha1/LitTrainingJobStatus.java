package io.litoperator.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import java.util.List;
import java.util.Map;

/**
 * What is. Written by the operator alone.
 *
 * @param observedGeneration Generation of the spec that this status is about; -1 until the operator
 *     has looked at the job.
 * @param phase Where the job stands.
 * @param conditions Ready, Reconciling and Stalled as kstatus has them; Valid, Admitted, Running,
 *     Succeeded and Failed.
 * @param startTime When the first Pod was made, or let in by its queue (RFC 3339); begins anew on
 *     resume, like a Job's, and when a queue has taken the job back.
 * @param completionTime When the job succeeded or failed (RFC 3339).
 * @param pending Why the job is not running.
 * @param workers Counts of Pods.
 * @param progress Where training stands.
 * @param checkpoints Newest last.
 * @param latestCheckpoint The newest verified checkpoint, as stage-step.
 * @param bestCheckpoint The checkpoint with the best score by the first task's main metric, and of
 *     equal ones the newest, as stage-step.
 * @param evaluations Newest last.
 * @param restarts Counts of restarts.
 * @param lastFailure What ended the last attempt that failed.
 * @param avoidedNodes Nodes where a device has failed, the newest last: the job's next Pods prefer
 *     others.
 * @param attempt Number of the current attempt; the first is 1.
 * @param members The Pods that the job counts on, one for each node index.
 * @param coordinator What the operator has taken from the coordinator's reports; older ones are
 *     refused.
 */
public record LitTrainingJobStatus(
    Long observedGeneration,
    Phase phase,
    @Size(max = 16) List<Condition> conditions,
    String startTime,
    String completionTime,
    Pending pending,
    Workers workers,
    Progress progress,
    @Size(max = ProgressReport.MAX_CHECKPOINTS) List<SavedCheckpoint> checkpoints,
    String latestCheckpoint,
    String bestCheckpoint,
    @Size(max = ProgressReport.MAX_EVALUATIONS) List<Evaluation> evaluations,
    Restarts restarts,
    LastFailure lastFailure,
    @Size(max = LitTrainingJobStatus.MAX_AVOIDED_NODES) List<AvoidedNode> avoidedNodes,
    Integer attempt,
    @Size(max = 1024) List<Member> members,
    Coordinator coordinator) {

  /** More of a job's nodes would hardly fail without the job at fault. */
  public static final int MAX_AVOIDED_NODES = 16;

  /** What the API server gives a new job, of no spec's generation: nobody has looked at it yet. */
  public static final LitTrainingJobStatus UNSEEN =
      new LitTrainingJobStatus(
          -1L,
          Phase.PENDING,
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
          null,
          null,
          null,
          null,
          null);

  public enum Phase {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Queued")
    QUEUED,
    @JsonProperty("Starting")
    STARTING,
    @JsonProperty("Pretraining")
    PRETRAINING,
    @JsonProperty("Finetuning")
    FINETUNING,
    @JsonProperty("Evaluating")
    EVALUATING,
    @JsonProperty("Suspending")
    SUSPENDING,
    @JsonProperty("Suspended")
    SUSPENDED,
    @JsonProperty("Restarting")
    RESTARTING,
    @JsonProperty("Succeeded")
    SUCCEEDED,
    @JsonProperty("Failed")
    FAILED
  }

  /**
   * @param reason In one word.
   * @param message In one sentence, from Kueue, the PodGroup, the scheduler, the image pull or the
   *     volume.
   * @param since When this reason began (RFC 3339).
   */
  public record Pending(String reason, String message, String since) {}

  /**
   * @param desired Pods wanted.
   * @param ready Pods that run and are registered.
   * @param failed Pods that have failed.
   */
  public record Workers(Integer desired, Integer ready, Integer failed) {}

  /**
   * @param stage The checkpoint's stage.
   * @param step Its optimizer step.
   * @param uri Where it is.
   * @param sizeBytes Of all its files.
   * @param digest SHA-256 of its manifest.
   * @param savedAt When it was complete (RFC 3339).
   * @param score By the main metric of the first task, a decimal; absent until it was evaluated.
   */
  public record SavedCheckpoint(
      String stage,
      Long step,
      String uri,
      Long sizeBytes,
      String digest,
      String savedAt,
      String score) {}

  /**
   * @param task The task's name.
   * @param metric Of the task.
   * @param score A decimal.
   * @param samples Questions asked.
   * @param scorer Name and version of the score's definition; only scores of one scorer compare.
   * @param checkpointStep Step of the model that was scored.
   * @param finishedAt When (RFC 3339).
   */
  public record Evaluation(
      String task,
      String metric,
      String score,
      Long samples,
      String scorer,
      Long checkpointStep,
      String finishedAt) {}

  /**
   * @param total Restarts that count against recovery.maxRestarts, of the job's whole life.
   * @param byReason All restarts, those that are free included, by what caused them.
   * @param counted What of the coordinator's in-place restarts is in these numbers already.
   * @param formedAttempt Newest attempt whose gang was once complete; what it loses is counted.
   * @param pace How the newest restarts that took new Pods followed each other.
   * @param spent What of recovery.maxRestarts is used up; absent without recovery.resetAfterSteps,
   *     where it is the total.
   */
  public record Restarts(
      Integer total,
      Map<String, Integer> byReason,
      Counted counted,
      Integer formedAttempt,
      Pace pace,
      Spent spent) {}

  /**
   * @param restarts That count, since training last got recovery.resetAfterSteps further.
   * @param stage Of the furthest step by the last of them; absent before the first step.
   * @param step The furthest step, in this stage.
   */
  public record Spent(Integer restarts, String stage, Long step) {}

  /**
   * @param inARow Restarts since training last got further than ever before.
   * @param stage Of the furthest step by the last of them; absent before the first step.
   * @param step The furthest step, in this stage.
   * @param nextPodAt Before when no Pod is made (RFC 3339); absent if none is to wait.
   */
  public record Pace(Integer inARow, String stage, Long step, String nextPodAt) {}

  /**
   * @param podUid Of the coordinator's Pod.
   * @param inPlace Its in-place restarts, by reason.
   */
  public record Counted(String podUid, Map<String, Integer> inPlace) {}

  /**
   * @param reason In one word.
   * @param message In one sentence.
   * @param exitCode Of the rank.
   * @param rank That failed first.
   * @param node It ran on.
   * @param evidence Last log lines, and where stacks are.
   * @param at When (RFC 3339).
   */
  public record LastFailure(
      String reason,
      String message,
      Integer exitCode,
      Integer rank,
      String node,
      String evidence,
      String at) {}

  /**
   * @param node Its name.
   * @param reason What happened there, in one word.
   * @param at When it last did (RFC 3339).
   */
  public record AvoidedNode(String node, String reason, String at) {}

  /**
   * A Pod that the job counts on. Recorded before its predecessor is deleted and before it is made,
   * so that an operator that starts anew neither counts a loss twice nor makes two Pods.
   *
   * @param index Node index, from 0.
   * @param podUid Of the Pod; absent until one has been seen.
   * @param attempt From which this Pod takes part; also its label.
   */
  public record Member(Integer index, String podUid, Integer attempt) {}

  /**
   * @param podUid Of the Pod that reports.
   * @param attempt Of its newest report.
   * @param sequence Of its newest report.
   * @param activity What the gang is at.
   * @param registeredNodes Agents that are connected to the coordinator, its own included.
   * @param restarts In-place restarts since this Pod's start, by reason.
   * @param lastFailure What caused the newest of them.
   */
  public record Coordinator(
      String podUid,
      Integer attempt,
      Long sequence,
      Activity activity,
      Integer registeredNodes,
      Map<String, Integer> restarts,
      LastFailure lastFailure) {}
}
