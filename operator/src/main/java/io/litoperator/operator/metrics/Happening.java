package io.litoperator.operator.metrics;

import java.time.Duration;

/** What a job's status shows to have happened since the job was last looked at. */
sealed interface Happening {
  /** The first Pod was made, or let in by its queue, so long after the job's creation. */
  record PodsMade(Duration after) implements Happening {}

  /** The first step was reported, so long after the job's creation. */
  record FirstStep(Duration after) implements Happening {}

  record Restarted(String reason, int times) implements Happening {}

  /** A later attempt works again, so long after what ended the former. */
  record Recovered(String reason, Duration after) implements Happening {}

  /** The job is over, in one way or the other. */
  record Finished(String namespace, boolean succeeded) implements Happening {}
}
