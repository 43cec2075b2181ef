package io.litoperator.worker.plan;

/** Ranks and what they compute on. */
public record TopologyPlan(int nodes, int ranksPerNode, Device device) {
  public int worldSize() {
    return nodes * ranksPerNode;
  }

  /** What a rank computes on. */
  public enum Device {
    CPU
  }
}
