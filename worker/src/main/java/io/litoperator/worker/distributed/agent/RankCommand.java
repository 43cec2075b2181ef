package io.litoperator.worker.distributed.agent;

import java.util.List;
import java.util.Map;

/**
 * How a rank is started; the same for all ranks, which learn from {@link RankEnvironment} who they
 * are.
 *
 * @param command program and arguments
 * @param environment added to the agent's own
 */
public record RankCommand(List<String> command, Map<String, String> environment) {
  public RankCommand {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }
}
