package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.report.Event;
import java.util.Optional;

/** What a rank tells its agent, one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({
  @JsonSubTypes.Type(value = RankMessage.Heartbeat.class, name = "heartbeat"),
  @JsonSubTypes.Type(value = RankMessage.Moved.class, name = "moved"),
  @JsonSubTypes.Type(value = RankMessage.Saving.class, name = "saving"),
  @JsonSubTypes.Type(value = RankMessage.Told.class, name = "told"),
  @JsonSubTypes.Type(value = RankMessage.Stacks.class, name = "stacks"),
  @JsonSubTypes.Type(value = RankMessage.Ended.class, name = "ended")
})
sealed interface RankMessage {
  /** The rank is alive and has reached this step. */
  record Heartbeat(long step, Activity activity) implements RankMessage {}

  /**
   * The rank gets on with work on files, instead of training or beside it.
   *
   * @param what as of {@link io.litoperator.worker.transfer.Progress}
   * @param done bytes of the rank's part
   * @param total bytes of the rank's part
   */
  record Moved(String what, long done, long total) implements RankMessage {}

  /**
   * The rank begins to write to where checkpoints are, and will go on telling that it moves.
   *
   * @param checkpoint as people find it; empty: the rank writes no more
   */
  record Saving(Optional<String> checkpoint) implements RankMessage {}

  /** For the agent's listener. */
  record Told(Event event) implements RankMessage {}

  /**
   * What the rank is at.
   *
   * @param text the stacks of all threads, for people
   * @param operations collective operations that the rank has begun in this attempt
   */
  record Stacks(String text, long operations) implements RankMessage {}

  /**
   * The rank's last words.
   *
   * @param sentence why, unless the rank is done or was interrupted
   */
  record Ended(ExitCode exitCode, String sentence) implements RankMessage {}
}
