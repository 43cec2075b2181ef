package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.litoperator.worker.failure.ExitCode;

/** What the coordinator tells another node's agent, one JSON object a line. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "order")
@JsonSubTypes({
  @JsonSubTypes.Type(value = NodeOrder.Alive.class, name = "alive"),
  @JsonSubTypes.Type(value = NodeOrder.StartRanks.class, name = "startRanks"),
  @JsonSubTypes.Type(value = NodeOrder.EndRank.class, name = "endRank"),
  @JsonSubTypes.Type(value = NodeOrder.EndRanks.class, name = "endRanks"),
  @JsonSubTypes.Type(value = NodeOrder.Leave.class, name = "leave")
})
sealed interface NodeOrder {
  record Alive() implements NodeOrder {}

  /** Start the node's ranks; they register with the coordinator themselves. */
  record StartRanks(int attempt, int firstRank, int worldSize) implements NodeOrder {}

  record EndRank(int rank) implements NodeOrder {}

  record EndRanks() implements NodeOrder {}

  /**
   * The agent is to exit.
   *
   * @param sentence why
   */
  record Leave(ExitCode exitCode, String sentence) implements NodeOrder {}
}
