package io.litoperator.worker.cli;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
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
      paramLabel = "fp32|tf32|bf16",
      description =
          "Of parameters, activations and gradients; tf32 of matrix products alone, on cuda."
              + " Default: bf16 on cuda, fp32 on cpu, as a job's.")
  private Precision precision;

  Device device() {
    return device;
  }

  /**
   * Of ranks, which are processes of their own.
   *
   * @throws Failure {@code INVALID} if the device does not have it
   */
  Precision precision() {
    if (precision == Precision.TF32 && device != Device.CUDA) {
      throw new Failure(
          ExitCode.INVALID, "--precision tf32 is of GPUs; give fp32, or --device cuda.");
    }
    return Optional.ofNullable(precision)
        .orElse(device == Device.CUDA ? Precision.BF16 : Precision.FP32);
  }

  /**
   * Of this very process.
   *
   * @throws Failure {@code INVALID} if it cannot compute so
   */
  Precision precisionHere() {
    if (precision() == Precision.TF32 && !Torch.allowsTf32()) {
      throw new Failure(
          ExitCode.INVALID,
          "--precision tf32 needs %s=1 in the environment here, since no other process computes."
              .formatted(Torch.ALLOW_TF32));
    }
    return precision();
  }

  /**
   * @throws Failure {@code INVALID} if libtorch is not built for it
   */
  void requireUsable() {
    if (device == Device.CUDA) {
      Torch.requireBuiltForGpus();
    }
  }
}
