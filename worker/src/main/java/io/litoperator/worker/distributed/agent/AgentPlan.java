package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.plan.RecoveryPlan;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What an agent supervises.
 *
 * @param node the agent's own
 * @param nodes of the run, at least 1
 * @param ranks processes on each node, at least 1
 * @param address of this machine, at which other nodes reach it
 * @param port at which the coordinator, the first node's agent, listens; 0 takes any free one
 * @param secret that all agents and ranks of the run know
 * @param output folder for {@code logs} and {@code evidence}
 * @param appointment absent if an agent that exits has a successor, on whatever machine, for which
 *     the others wait
 */
public record AgentPlan(
    NodeIdentity node,
    int nodes,
    int ranks,
    InetAddress address,
    int port,
    Secret secret,
    Path output,
    RecoveryPlan recovery,
    Optional<Appointment> appointment) {

  /** A run on this machine alone. */
  public AgentPlan(int ranks, int port, Path output, RecoveryPlan recovery) {
    this(
        new NodeIdentity(0, UUID.randomUUID().toString(), 1, "this machine"),
        1,
        ranks,
        InetAddress.getLoopbackAddress(),
        port,
        Secret.random(),
        output,
        recovery,
        Optional.of(new Appointment(Duration.ZERO, "this machine alone")));
  }

  /** Whether an agent that exits has a successor. */
  boolean replaced() {
    return appointment.isEmpty();
  }

  int worldSize() {
    return nodes * ranks;
  }

  Path log(int rank) {
    return output.resolve("logs").resolve("rank-" + rank + ".log");
  }

  Path evidence() {
    return output.resolve("evidence");
  }
}
