package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What another node's agent tells the coordinator, one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "message")
@JsonSubTypes({
  @JsonSubTypes.Type(value = NodeMessage.Alive.class, name = "alive"),
  @JsonSubTypes.Type(value = NodeMessage.Exited.class, name = "exited"),
  @JsonSubTypes.Type(value = NodeMessage.WishesToLeave.class, name = "wishesToLeave")
})
sealed interface NodeMessage {
  record Alive() implements NodeMessage {}

  /** A rank's process has ended. */
  record Exited(int attempt, int rank, RankExit exit) implements NodeMessage {}

  /** The node's Pod is being ended: it would like a checkpoint to be saved before. */
  record WishesToLeave() implements NodeMessage {}
}
