package io.litoperator.worker.preflight;

import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.Nccl;
import java.util.ArrayList;
import java.util.List;

/**
 * What a rank found of its GPU.
 *
 * @param driver newest CUDA that the driver knows
 * @param runtime CUDA that is loaded
 * @param freeMiB before anything was taken
 * @param peers whether the memory of each GPU of the machine is reached without the host, its own
 *     included
 */
public record Gpu(
    String name,
    String driver,
    String runtime,
    String nccl,
    long freeMiB,
    long totalMiB,
    List<Boolean> peers) {

  static Gpu inspect(int index) {
    Cuda.select(index);
    Cuda.Memory memory = Cuda.memory();
    List<Boolean> peers = new ArrayList<>();
    for (int peer = 0; peer < Cuda.count(); peer++) {
      peers.add(peer == index || Cuda.canAccessPeer(index, peer));
    }
    return new Gpu(
        Cuda.name(index),
        Cuda.driverVersion(),
        Cuda.runtimeVersion(),
        ncclVersion(),
        memory.free() >> 20,
        memory.total() >> 20,
        peers);
  }

  private static String ncclVersion() {
    try {
      return Nccl.version();
    } catch (Nccl.Fault e) {
      throw new Failure(ExitCode.ACCELERATOR, "NCCL does not tell its version: " + e.getMessage());
    }
  }
}
