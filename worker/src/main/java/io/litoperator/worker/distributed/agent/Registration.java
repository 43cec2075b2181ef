package io.litoperator.worker.distributed.agent;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Who connects to a coordinator. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "who")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Registration.Rank.class, name = "rank"),
  @JsonSubTypes.Type(value = Registration.Agent.class, name = "agent")
})
sealed interface Registration {
  /** All of it, as a text that the secret is proved over. */
  default String statement() {
    return toString();
  }

  /**
   * A rank of an attempt.
   *
   * @param ring where it listens for the previous rank, {@code address:port}
   */
  record Rank(int rank, int attempt, long pid, String ring) implements Registration {}

  /**
   * The agent of another node.
   *
   * @param terms of its appointment; empty without one
   */
  record Agent(NodeIdentity node, String terms) implements Registration {
    static Agent of(AgentPlan plan) {
      return new Agent(plan.node(), plan.appointment().map(Appointment::terms).orElse(""));
    }
  }
}
