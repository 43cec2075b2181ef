package io.litoperator.worker.distributed.agent;

import java.io.IOException;

/** Another machine, behind its agent's connection. */
final class RemoteNode implements Node {
  private final NodeIdentity identity;
  private final JsonLines agent;
  private final AgentPlan plan;
  private boolean hungUp;

  RemoteNode(NodeIdentity identity, JsonLines agent, AgentPlan plan) {
    this.identity = identity;
    this.agent = agent;
    this.plan = plan;
  }

  @Override
  public NodeIdentity identity() {
    return identity;
  }

  @Override
  public int ranksPerNode() {
    return plan.ranks();
  }

  @Override
  public void start(int attempt) {
    tell(new NodeOrder.StartRanks(attempt, firstRank(), plan.worldSize()));
  }

  @Override
  public void end(int rank) {
    tell(new NodeOrder.EndRank(rank));
  }

  @Override
  public void endAll() {
    tell(new NodeOrder.EndRanks());
  }

  @Override
  public void dismiss(NodeOrder.Leave leave) {
    tell(leave);
  }

  private void tell(NodeOrder order) {
    if (hungUp) {
      return;
    }
    try {
      agent.write(order);
    } catch (IOException e) {
      // The connection is broken, of which its reader tells as well.
      hungUp = true;
    }
  }

  @Override
  public String log(int rank) {
    return "%s on node %s".formatted(plan.log(rank), identity.name());
  }

  @Override
  public boolean isThere() {
    return !hungUp;
  }

  void hungUp() {
    hungUp = true;
  }

  boolean isBehind(JsonLines connection) {
    return agent == connection;
  }
}
