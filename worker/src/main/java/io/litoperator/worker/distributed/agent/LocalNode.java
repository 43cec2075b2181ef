package io.litoperator.worker.distributed.agent;

/** The coordinator's own machine. */
record LocalNode(NodeIdentity identity, LocalRanks processes, RankEnvironment anyRank)
    implements Node {

  /**
   * @param anyRank environment of the node's ranks, but for rank and attempt
   */
  LocalNode {}

  @Override
  public int ranksPerNode() {
    return processes.count();
  }

  @Override
  public void start(int attempt) {
    processes.start(anyRank.forAttempt(attempt), firstRank());
  }

  @Override
  public void end(int rank) {
    processes.end(rank);
  }

  @Override
  public void endAll() {
    processes.endAll();
  }

  @Override
  public String log(int rank) {
    return processes.log(rank).toString();
  }

  @Override
  public boolean isThere() {
    return true;
  }

  @Override
  public void dismiss(NodeOrder.Leave leave) {
    // The coordinator leaves by itself.
  }
}
