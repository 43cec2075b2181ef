package io.litoperator.worker.plan;

/** Ranks, what they compute on, in which numbers, and what each keeps only a part of. */
public record TopologyPlan(
    int nodes, int ranksPerNode, Device device, Precision precision, Sharding sharding) {
  public int worldSize() {
    return nodes * ranksPerNode;
  }

  /** What a rank computes on. */
  public enum Device {
    CPU,
    /** One GPU for each rank. */
    CUDA
  }

  /** What every rank keeps only its part of; each includes those before it. */
  public enum Sharding {
    NONE,
    /** Moments and masters (ZeRO-1). */
    OPTIMIZER,
    /** Gradients, but for those of the blocks at work (ZeRO-2). */
    GRADIENTS,
    /** Parameters, but for those of the blocks at work (ZeRO-3). */
    PARAMETERS;

    /** Whether this setting shards what another does. */
    public boolean includes(Sharding other) {
      return compareTo(other) >= 0;
    }
  }

  /** Number format of parameters, activations and gradients; the optimizer's state is fp32. */
  public enum Precision {
    FP32,
    /** FP32, but that GPUs may round what they multiply in matrix products to TF32. */
    TF32,
    BF16
  }
}
