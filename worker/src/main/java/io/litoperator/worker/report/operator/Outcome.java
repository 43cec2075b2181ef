package io.litoperator.worker.report.operator;

import io.litoperator.api.progress.ProgressReply;
import java.time.Duration;

/** What became of a report that was sent. */
sealed interface Outcome {
  /** The operator has it. */
  record Taken(ProgressReply reply) implements Outcome {}

  /**
   * The operator counts on another Pod now.
   *
   * @param sentence the operator's
   */
  record Superseded(String sentence) implements Outcome {}

  /**
   * The report cannot be taken, now or ever; the next one may be.
   *
   * @param sentence why
   * @param retryAfter when the operator wants to be asked again; zero if it did not say
   */
  record NotTaken(String sentence, Duration retryAfter) implements Outcome {}
}
