package io.litoperator.worker.report.operator;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.report.RankFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * A container's last words, which Kubernetes puts into its status: JSON of at most 4,096 bytes, so
 * that neither a failure's cause nor the last report is lost when nobody takes reports.
 */
public final class TerminationMessage {
  static final int MAX_BYTES = 4_096;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  private TerminationMessage() {}

  /**
   * @param lastFailure null if there was none
   * @param report null of others than the coordinator
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  private record Words(LastFailure lastFailure, ProgressReport report) {}

  /** A failure, with as much of the evidence's end as fits. */
  public static String of(LastFailure failure) {
    return fitting(failure, null);
  }

  /**
   * A coordinator's failure and its last report, without checkpoints and scores, which lie where
   * the successor finds them: what only it knows are the counts of restarts.
   */
  public static String of(LastFailure failure, ProgressReport report) {
    return fitting(failure, with(report, List.of(), List.of()));
  }

  private static String fitting(LastFailure failure, ProgressReport report) {
    String evidence = failure.evidence() == null ? "" : failure.evidence();
    String message = failure.message();
    String text = text(failure, message, evidence, report);
    while (size(text) > MAX_BYTES) {
      if (evidence.length() > 0) {
        evidence = evidence.substring(Math.min(evidence.length(), 1 + evidence.length() / 8));
      } else {
        message = message.substring(0, message.length() * 7 / 8);
      }
      text = text(failure, message, evidence, report);
    }
    return text;
  }

  private static String text(
      LastFailure failure, String message, String evidence, ProgressReport report) {
    return json(
        new Words(
            new LastFailure(
                failure.reason(),
                message,
                failure.exitCode(),
                failure.rank(),
                failure.node(),
                evidence.isEmpty() ? null : evidence,
                failure.at()),
            report));
  }

  /** The last report, with the newest checkpoint and as many of the newest scores as fit. */
  public static String of(ProgressReport report) {
    List<SavedCheckpoint> checkpoints = report.checkpoints();
    List<SavedCheckpoint> newest =
        checkpoints.subList(Math.max(0, checkpoints.size() - 1), checkpoints.size());
    List<Evaluation> evaluations = report.evaluations();
    String text = json(new Words(null, with(report, newest, evaluations)));
    while (size(text) > MAX_BYTES && !evaluations.isEmpty()) {
      evaluations = evaluations.subList(1, evaluations.size());
      text = json(new Words(null, with(report, newest, evaluations)));
    }
    return text;
  }

  private static ProgressReport with(
      ProgressReport report, List<SavedCheckpoint> checkpoints, List<Evaluation> evaluations) {
    return new ProgressReport(
        report.attempt(),
        report.sequence(),
        report.activity(),
        report.registeredNodes(),
        report.progress(),
        checkpoints,
        report.bestCheckpoint(),
        evaluations,
        report.restarts(),
        null);
  }

  /** A failure that no rank is to blame for. */
  public static LastFailure lastFailure(Failure failure, String node) {
    return new LastFailure(
        reason(failure).label(),
        failure.getMessage(),
        failure.exitCode().code(),
        null,
        node,
        null,
        ReportFold.time(Instant.now()));
  }

  private static Reason reason(Failure failure) {
    return switch (failure.exitCode()) {
      case HANG -> Reason.HANG;
      case PEER_LOST -> Reason.PEER_LOST;
      case STORAGE -> Reason.STORAGE_FAULT;
      case ACCELERATOR -> Reason.ACCELERATOR_FAULT;
      default -> Reason.POD_FAILED;
    };
  }

  private static int size(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static String json(Object message) {
    try {
      return JSON.writeValueAsString(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
