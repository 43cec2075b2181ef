package io.litoperator.worker.cli;

import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import io.litoperator.worker.torch.Torch;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What a command computes on, and how precisely. */
final class ComputeOptions {
  @Option(
      names = "--device",
      paramLabel = "cpu|cuda",
      defaultValue = "cpu",
      description = "What each rank computes on. Default: ${DEFAULT-VALUE}.")
  private Device device;

  @Option(
      names = "--precision",
      paramLabel = "fp32|bf16",
      description =
          "Of parameters, activations and gradients. Default: bf16 on cuda, fp32 on cpu, as a"
              + " job's.")
  private Precision precision;

  Device device() {
    return device;
  }

  Precision precision() {
    return Optional.ofNullable(precision)
        .orElse(device == Device.CUDA ? Precision.BF16 : Precision.FP32);
  }

  /**
   * @throws io.litoperator.worker.failure.Failure {@code INVALID} if libtorch is not built for it
   */
  void requireUsable() {
    if (device == Device.CUDA) {
      Torch.requireBuiltForGpus();
    }
  }
}
