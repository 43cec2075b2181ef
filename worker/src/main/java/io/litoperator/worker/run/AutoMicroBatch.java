package io.litoperator.worker.run;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.interchange.ModelShape;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.TopologyPlan;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.sizing.Fit;
import io.litoperator.worker.sizing.Memory;
import io.litoperator.worker.sizing.SizingTable;
import io.litoperator.worker.sizing.Workload;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * Decides the micro-batches that a job leaves to lit: the largest divisors of a rank's share of the
 * global batch that fit, so that steps are of the size that was asked for.
 */
final class AutoMicroBatch {
  private AutoMicroBatch() {}

  /**
   * Every rank calls it and decides the same, by the least memory that any of them has.
   *
   * @param notices told in a sentence what was decided
   * @throws Failure {@code INVALID} if not even one sample fits, saying what would
   */
  static RunPlan decide(RunPlan plan, Collective ranks, Consumer<String> notices) {
    if (plan.stages().stream().noneMatch(stage -> stage.microBatchSize() == StagePlan.AUTO)) {
      return plan;
    }
    long memory = least(ranks, memory(plan.topology()));
    return decide(plan, ranks.worldSize(), memory, notices);
  }

  /**
   * @param memory bytes of each rank
   */
  static RunPlan decide(RunPlan plan, int ranks, long memory, Consumer<String> notices) {
    ModelConfig model = ModelShape.of(plan.model());
    return plan.withStages(
        plan.stages().stream()
            .map(
                stage ->
                    stage.microBatchSize() == StagePlan.AUTO
                        ? decide(plan, stage, model, ranks, memory, notices)
                        : stage)
            .toList());
  }

  private static StagePlan decide(
      RunPlan plan,
      StagePlan stage,
      ModelConfig model,
      int ranks,
      long memory,
      Consumer<String> notices) {
    TopologyPlan topology = plan.topology();
    Workload work =
        Workload.of(plan, stage, model, topology.device(), Workload.mostText(plan, stage, model));
    Fit fit = new Fit(work, ranks, memory, OptionalDouble.empty());
    String verdict =
        new SizingTable(stage, topology.sharding(), fit, memory, ranks).verdict().strip();
    Fit.Row row = fit.row(topology.sharding(), stage.activationCheckpointing());
    if (!row.fits()) {
      throw new Failure(ExitCode.INVALID, stage.stage().label() + ": " + verdict);
    }
    notices.accept(stage.stage().label() + ": " + verdict);
    return stage.withMicroBatchSize(row.setting().microBatch());
  }

  /** Bytes that this rank may take. */
  private static long memory(TopologyPlan topology) {
    return topology.device() == Device.CUDA
        ? Cuda.loading(() -> Cuda.memory().total())
        : Memory.ofMachine() / topology.ranksPerNode();
  }

  private static long least(Collective ranks, long memory) {
    byte[][] all = ranks.allGather(ByteBuffer.allocate(Long.BYTES).putLong(memory).array());
    return Arrays.stream(all)
        .mapToLong(bytes -> ByteBuffer.wrap(bytes).getLong())
        .min()
        .orElseThrow();
  }
}
