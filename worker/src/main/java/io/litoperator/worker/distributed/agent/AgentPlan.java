package io.litoperator.worker.distributed.agent;

import io.litoperator.worker.plan.RecoveryPlan;
import java.nio.file.Path;

/**
 * What an agent supervises.
 *
 * @param ranks processes, at least 1
 * @param port loopback port of the rendezvous; 0 takes any free one
 * @param output folder for {@code logs} and {@code evidence}
 */
public record AgentPlan(int ranks, int port, Path output, RecoveryPlan recovery) {
  Path log(int rank) {
    return output.resolve("logs").resolve("rank-" + rank + ".log");
  }

  Path evidence() {
    return output.resolve("evidence");
  }
}
