package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What the agent tells a rank, one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({
  @JsonSubTypes.Type(value = AgentMessage.Start.class, name = "start"),
  @JsonSubTypes.Type(value = AgentMessage.CheckpointAndStop.class, name = "checkpointAndStop"),
  @JsonSubTypes.Type(value = AgentMessage.AtWork.class, name = "atWork"),
  @JsonSubTypes.Type(value = AgentMessage.Abort.class, name = "abort"),
  @JsonSubTypes.Type(value = AgentMessage.DumpStacks.class, name = "dumpStacks")
})
sealed interface AgentMessage {
  /** All ranks are there. */
  record Start(World world) implements AgentMessage {}

  record CheckpointAndStop() implements AgentMessage {}

  /** A rank for which others may wait saves, evaluates or waits, and gets on with it. */
  record AtWork() implements AgentMessage {}

  /** End at once. */
  record Abort() implements AgentMessage {}

  record DumpStacks() implements AgentMessage {}
}
