package io.litoperator.worker.cli;

import io.litoperator.worker.bench.SustainedRate;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Checkpointing;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.plan.TopologyPlan.Sharding;
import io.litoperator.worker.sizing.Fit;
import io.litoperator.worker.sizing.Memory;
import io.litoperator.worker.sizing.Workload;
import io.litoperator.worker.torch.Torch;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rate that one of a job's ranks would have on this machine. */
record MeasuredRate(RunPlan plan, StagePlan stage, ModelConfig model, Workload work) {

  /** Why it cannot be measured; a clause. */
  Optional<String> obstacle() {
    if (work.precision() == Precision.TF32 && !Torch.allowsTf32()) {
      return Optional.of(
          "TF32 is measured with %s=1 in the environment".formatted(Torch.ALLOW_TF32));
    }
    if (work.device() == Device.CUDA) {
      return hasGpu() ? Optional.empty() : Optional.of("this machine has no GPU to measure on");
    }
    return fits() ? Optional.empty() : Optional.of("this machine has too little memory to measure");
  }

  private static boolean hasGpu() {
    try {
      return Cuda.loading(Cuda::count) > 0;
    } catch (Failure e) {
      if (e.exitCode() != ExitCode.ACCELERATOR) {
        throw e;
      }
      return false;
    }
  }

  private boolean fits() {
    Workload small =
        Workload.of(plan, stage, SustainedRate.measured(model), work.device(), work.textTokens());
    return new Fit(small, 1, Memory.ofMachine(), OptionalDouble.empty())
        .row(Sharding.NONE, Checkpointing.NONE)
        .fits();
  }

  /** Takes seconds. */
  double flopsPerSecond() {
    int threads = Runtime.getRuntime().availableProcessors() / plan.topology().ranksPerNode();
    Torch.start(
        Math.max(1, threads),
        work.device() == Device.CUDA
            ? io.litoperator.worker.torch.Device.cuda(0)
            : io.litoperator.worker.torch.Device.CPU);
    return SustainedRate.flopsPerSecond(model, stage, work.precision());
  }
}
