package io.litoperator.worker.preflight;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.distributed.Alone;
import io.litoperator.worker.distributed.Collective;
import io.litoperator.worker.distributed.NcclCollective;
import io.litoperator.worker.distributed.Patience;
import io.litoperator.worker.distributed.agent.RankLink;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import io.litoperator.worker.gpu.Cuda;
import io.litoperator.worker.gpu.Nccl;
import io.litoperator.worker.torch.DType;
import io.litoperator.worker.torch.Device;
import io.litoperator.worker.torch.Tensor;
import io.litoperator.worker.torch.Torch;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The main class of one of several rank processes, each with a GPU. */
final class PreflightRank {
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final long VALUES = 1L << 26;
  private static final int SUMS = 10;

  private PreflightRank() {}

  /**
   * @param arguments file into which rank 0 writes all reports
   */
  public static void main(String[] arguments) {
    ExitCode code;
    try (RankLink link = RankLink.connect(System.getenv())) {
      code =
          link.run(
              () -> join(link),
              ranks -> {
                List<GpuReport> reports = inspectAll(ranks, link.localRank());
                if (link.rank() == 0) {
                  new ObjectMapper().writeValue(new File(arguments[0]), reports);
                }
                return ExitCode.DONE;
              });
    }
    System.exit(code.code());
  }

  /** By NCCL also where one rank is alone, which training does not need. */
  private static Collective join(RankLink link) {
    Device device = Device.cuda(link.localRank());
    Torch.start(1, device);
    Collective ranks = link.collective(PATIENCE, device);
    return ranks instanceof Alone alone
        ? NcclCollective.join(alone, device.index(), new Patience(PATIENCE))
        : ranks;
  }

  /** In the order of ranks. */
  private static List<GpuReport> inspectAll(Collective ranks, int device) throws IOException {
    ObjectMapper json = new ObjectMapper();
    List<GpuReport> reports = new ArrayList<>();
    for (byte[] report : ranks.allGather(json.writeValueAsBytes(inspect(ranks, device)))) {
      reports.add(json.readValue(report, GpuReport.class));
    }
    return reports;
  }

  private static GpuReport inspect(Collective ranks, int device) {
    Cuda.select(device);
    Cuda.Memory memory = Cuda.memory();
    Exchange.check(ranks);
    List<Boolean> peers = new ArrayList<>();
    for (int peer = 0; peer < Cuda.count(); peer++) {
      peers.add(peer == device || Cuda.canAccessPeer(device, peer));
    }
    return new GpuReport(
        ranks.rank(),
        Cuda.name(device),
        Cuda.driverVersion(),
        Cuda.runtimeVersion(),
        ncclVersion(),
        Torch.version(),
        memory.free() >> 20,
        memory.total() >> 20,
        peers,
        bandwidth(ranks));
  }

  private static String ncclVersion() {
    try {
      return Nccl.version();
    } catch (Nccl.Fault e) {
      throw new Failure(ExitCode.ACCELERATOR, "NCCL does not tell its version: " + e.getMessage());
    }
  }

  /** Of sums of ones, whose result is checked. */
  private static double bandwidth(Collective ranks) {
    int worldSize = ranks.worldSize();
    try (Tensor values = Tensor.zeros(DType.FLOAT32, VALUES);
        Tensor one = Tensor.of(new float[] {1}, 1)) {
      values.copyFrom(one);
      ranks.allReduce(values).await();
      requireSum(ranks, values);
      Cuda.synchronize();
      ranks.barrier();
      long start = System.nanoTime();
      for (int i = 0; i < SUMS; i++) {
        ranks.allReduce(values).await();
      }
      Cuda.synchronize();
      double seconds = (System.nanoTime() - start) * 1e-9;
      double share = worldSize == 1 ? 1 : 2.0 * (worldSize - 1) / worldSize;
      return share * SUMS * VALUES * Float.BYTES / seconds * 1e-9;
    }
  }

  private static void requireSum(Collective ranks, Tensor values) {
    try (Tensor last = values.slice(VALUES - 1, VALUES)) {
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
