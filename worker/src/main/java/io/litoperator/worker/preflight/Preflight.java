package io.litoperator.worker.preflight;

import io.litoperator.worker.distributed.agent.Trial;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.torch.Torch;
import java.time.Duration;
import java.util.List;

/** Starts a rank on each of some GPUs, which inspect them and sum tensors by NCCL. */
public final class Preflight {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private Preflight() {}

  /**
   * GPUs of this machine, at least one.
   *
   * @throws Failure {@code ACCELERATOR} if there is none, or no driver
   */
  public static int gpus() {
    Torch.start(1);
    try {
      int gpus = Cuda.loading(Cuda::count);
      if (gpus > 0) {
        return gpus;
      }
    } catch (Failure e) {
      throw new Failure(
          ExitCode.ACCELERATOR,
          e.getMessage() + " Without a GPU, jobs run with topology.device: cpu.",
          e);
    }
    throw new Failure(
        ExitCode.ACCELERATOR,
        "CUDA works, but this process sees no GPU: look at nvidia-smi and CUDA_VISIBLE_DEVICES."
            + " Without a GPU, jobs run with topology.device: cpu.");
  }

  /**
   * @param ranks GPUs to take part, from the first
   * @return one report a rank, in their order
   * @throws Failure with the rank that failed
   */
  public static List<GpuReport> run(int ranks) {
    return List.of(Trial.run(ranks, PATIENCE, PreflightRank.class, GpuReport[].class));
  }
}
