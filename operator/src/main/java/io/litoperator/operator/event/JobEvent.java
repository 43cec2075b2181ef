package io.litoperator.operator.event;

/**
 * Something that happened to a job.
 *
 * @param isWarning whether a person should look
 * @param reason in one word
 * @param message in one sentence
 * @param occasion tells this event from others with the same reason; the same occasion is told once
 */
public record JobEvent(boolean isWarning, String reason, String message, String occasion) {
  static JobEvent normal(String reason, String message, Object occasion) {
    return new JobEvent(false, reason, message, occasion.toString());
  }

  static JobEvent warning(String reason, String message, Object occasion) {
    return new JobEvent(true, reason, message, occasion.toString());
  }
}
