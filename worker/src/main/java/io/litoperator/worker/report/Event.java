package io.litoperator.worker.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.litoperator.worker.data.Inspection;
import java.util.List;
import java.util.Map;

/**
 * What a run tells those who watch: the terminal, {@code events.jsonl}, {@code --json}, the HTML
 * report, the operator. One JSON object a line, its kind in {@code event}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Event.RunStarted.class, name = "runStarted"),
  @JsonSubTypes.Type(value = Event.Inspected.class, name = "inspected"),
  @JsonSubTypes.Type(value = Event.StageStarted.class, name = "stageStarted"),
  @JsonSubTypes.Type(value = Event.Step.class, name = "step"),
  @JsonSubTypes.Type(value = Event.FileProgress.class, name = "fileProgress"),
  @JsonSubTypes.Type(value = Event.CheckpointSaved.class, name = "checkpointSaved"),
  @JsonSubTypes.Type(value = Event.EvaluationProgress.class, name = "evaluationProgress"),
  @JsonSubTypes.Type(value = Event.Scored.class, name = "scored"),
  @JsonSubTypes.Type(value = Event.CheckpointScored.class, name = "checkpointScored"),
  @JsonSubTypes.Type(value = Event.Answered.class, name = "answered"),
  @JsonSubTypes.Type(value = Event.Restarted.class, name = "restarted"),
  @JsonSubTypes.Type(value = Event.Notice.class, name = "notice"),
  @JsonSubTypes.Type(value = Event.RunFinished.class, name = "runFinished"),
  @JsonSubTypes.Type(value = Event.Summary.class, name = "summary")
})
@JsonInclude(JsonInclude.Include.NON_NULL)
public sealed interface Event {

  /**
   * One objective with one seed begins, or goes on; all that follows until {@link RunFinished} is
   * of it.
   */
  record RunStarted(
      String job, String objective, long seed, int worldSize, long parameters, String output)
      implements Event {}

  /** A sample as this objective supervises it, for people to read; only a few are told. */
  record Inspected(Inspection inspection) implements Event {}

  /**
   * A stage begins, or goes on from a checkpoint.
   *
   * @param fromStep optimizer steps already done; 0 at the beginning
   */
  record StageStarted(
      String stage, long fromStep, long totalSteps, long samples, long trainableParameters)
      implements Event {}

  /**
   * An optimizer step has ended. Losses are means over supervised tokens; the instruction's is null
   * where none is supervised.
   *
   * @param step 1 to {@code totalSteps}
   * @param gradientNorm before clipping
   * @param modelFlopsUtilization at the recent rate: the operations that the model needs, by those
   *     that the ranks' GPUs could do; null where that is not known, as on CPUs
   * @param times of this step
   * @param secondsLeft of this stage, at the recent rate
   */
  record Step(
      String stage,
      long step,
      long totalSteps,
      double epoch,
      double loss,
      Double instructionLoss,
      Double responseLoss,
      double learningRate,
      double gradientNorm,
      double samplesPerSecond,
      double tokensPerSecond,
      Double modelFlopsUtilization,
      Times times,
      long peakMemoryBytes,
      double secondsLeft)
      implements Event {}

  /**
   * Where a step's time went, in seconds, on rank 0: together they are its duration. On a GPU,
   * which computes later than it is told to, forward, backward and optimizer are the times of
   * telling.
   *
   * @param data waited for samples
   * @param communication waited for other ranks; what travels while it computes costs nothing
   * @param device waited for it to have computed what it was told to
   * @param rest all else
   */
  record Times(
      double data,
      double forward,
      double backward,
      double communication,
      double optimizer,
      double device,
      double rest) {}

  /**
   * Files are being written, verified, sent or fetched, which takes longer than seconds.
   *
   * @param work such as {@code writing finetune-30}; by all ranks that have told of it, together
   * @param bytesPerSecond at the recent rate, which is not 0
   */
  record FileProgress(
      String work, long doneBytes, long totalBytes, double bytesPerSecond, double secondsLeft)
      implements Event {}

  record CheckpointSaved(
      String stage, long step, String uri, long sizeBytes, String digest, double seconds)
      implements Event {}

  record EvaluationProgress(String task, long done, long total, double secondsLeft)
      implements Event {}

  /**
   * A score, as {@code task.metric} in the summary.
   *
   * @param scorer name and version of its definition
   * @param step of the last stage, at which the model was scored; null for a model of no run
   */
  record Scored(String task, String metric, double score, long samples, String scorer, Long step)
      implements Event {}

  /**
   * All tasks have scored a checkpoint.
   *
   * @param task the first
   * @param metric its main one, by which checkpoints are compared
   * @param best whether none was better so far
   */
  record CheckpointScored(
      String stage, long step, String task, String metric, double score, boolean best)
      implements Event {}

  /**
   * A question put to the model, for people to read; only some of a task's are told.
   *
   * @param image absolute path of the picture; null for a question without one
   */
  record Answered(
      String task, String image, String question, String expected, String answer, boolean correct)
      implements Event {}

  /**
   * Ranks were started again.
   *
   * @param attempt the new attempt's number; the first is 1
   * @param resumedFrom the checkpoint's {@code stage-step}, or null for the beginning
   */
  record Restarted(int attempt, String reason, String message, String resumedFrom)
      implements Event {}

  /** Something that a person should read. */
  record Notice(String message) implements Event {}

  record RunFinished(double wallSeconds, String checkpoint, List<String> exports)
      implements Event {}

  /**
   * The last event of {@code lit run}.
   *
   * @param objectives by objective, {@code task.metric} to score; means where several seeds ran
   * @param seeds by objective, the scores of each seed
   * @param report path of the HTML report
   */
  record Summary(
      double wallSeconds,
      Map<String, Map<String, Double>> objectives,
      Map<String, List<Map<String, Double>>> seeds,
      String report)
      implements Event {}
}
