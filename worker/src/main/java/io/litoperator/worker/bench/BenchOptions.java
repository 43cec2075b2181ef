package io.litoperator.worker.bench;

import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;

/**
 * What to measure.
 *
 * @param model folder of a LLaVA model, which is initialised if the folder holds no weights; a
 *     path, as text so that it travels as JSON
 * @param shape of each rank's micro-batch
 * @param accumulation micro-batches of a rank's step
 * @param steps timed ones, after one that is not
 * @param threads of each rank
 * @param checkpointing what is computed again in the backward pass
 * @param sharding what each rank keeps only its part of
 */
public record BenchOptions(
    String model,
    BatchShape shape,
    int accumulation,
    int steps,
    int threads,
    Checkpointing checkpointing,
    Sharding sharding,
    Device device,
    Precision precision) {

  /** Of this process; ranks take the GPUs in turn. */
  public io.litoperator.worker.torch.Device deviceOf(int localRank) {
    return device == Device.CUDA
        ? io.litoperator.worker.torch.Device.cuda(localRank)
        : io.litoperator.worker.torch.Device.CPU;
  }
}
