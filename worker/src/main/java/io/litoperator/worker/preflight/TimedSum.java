package io.litoperator.worker.preflight;

import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Tensor;

/** Sums of ones over all ranks, which are compared and timed. */
final class TimedSum {
  private static final int SUMS = 10;

  private final Collective ranks;
  private final Device device;

  TimedSum(Collective ranks, Device device) {
    this.ranks = ranks;
    this.device = device;
  }

  /** Large enough for a network that GPUs use, small enough for one that CPUs do. */
  private long values() {
    return device.isCuda() ? 1L << 26 : 1L << 22;
  }

  long bytes() {
    return values() * Float.BYTES;
  }

  /**
   * The mean time of a sum.
   *
   * @throws Failure {@code ACCELERATOR} if a sum is wrong
   */
  double seconds() {
    try (Tensor values = Tensor.zeros(DType.FLOAT32, values());
        Tensor one = Tensor.of(new float[] {1}, 1)) {
      values.copyFrom(one);
      ranks.allReduce(values).await();
      requireSum(values);
      synchronize();
      ranks.barrier();
      long start = System.nanoTime();
      for (int i = 0; i < SUMS; i++) {
        ranks.allReduce(values).await();
      }
      synchronize();
      return (System.nanoTime() - start) * 1e-9 / SUMS;
    }
  }

  private void synchronize() {
    if (device.isCuda()) {
      Cuda.synchronize();
    }
  }

  private void requireSum(Tensor values) {
    try (Tensor last = values.slice(values() - 1, values())) {
      float sum = last.toFloats()[0];
      if (sum != ranks.worldSize()) {
        throw new Failure(
            ExitCode.ACCELERATOR,
            "Rank %d got %s for the sum of %d ones: GPU or interconnect computes wrongly; take the node out of service."
                .formatted(ranks.rank(), sum, ranks.worldSize()));
      }
    }
  }
}
