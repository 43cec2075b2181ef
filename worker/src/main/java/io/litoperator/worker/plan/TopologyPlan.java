package io.litoperator.worker.plan;

/** Ranks, what they compute on, and in which numbers. */
public record TopologyPlan(int nodes, int ranksPerNode, Device device, Precision precision) {
  public int worldSize() {
    return nodes * ranksPerNode;
  }

  /** What a rank computes on. */
  public enum Device {
    CPU,
    /** One GPU for each rank. */
    CUDA
  }

  /** Number format of parameters, activations and gradients; the optimizer's state is fp32. */
  public enum Precision {
    FP32,
    BF16
  }
}
