package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.worker.preflight.Findings;
import io.litoperator.worker.preflight.Gpu;
import io.litoperator.worker.preflight.RankReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreflightTableTest {
  @Test
  void aTableHasARowForEachRankAndTheSumOfAll() {
    List<RankReport> ranks =
        List.of(rank(0, "gpu-a", "13.0", true), rank(1, "gpu-b-long", "13.0", false));

    assertThat(PreflightTable.of(new Findings(ranks, new Findings.Sum(1 << 28, 12.5, 12.5))))
        .isEqualTo(
            """
            CUDA 12.8 (driver: up to 13.0), NCCL 2.26.2, libtorch 2.7.1
            rank  node        GPU                                        MiB free  reaches
               0  gpu-a       NVIDIA H100                     80,000 of    81,559  all
               1  gpu-b-long  NVIDIA H100                     80,000 of    81,559  +-
            sum of 256 MiB over 2 ranks: 12.50 GB/s algorithm bandwidth, 12.50 GB/s bus bandwidth (as in nccl-tests)""");
  }

  @Test
  void versionsThatDifferAreToldWithTheirNodes() {
    List<RankReport> ranks = List.of(rank(0, "a", "13.0", true), rank(1, "b", "12.8", true));

    assertThat(PreflightTable.of(new Findings(ranks, new Findings.Sum(1 << 28, 1, 1))))
        .startsWith(
            """
            CUDA 12.8 (driver: up to 13.0), NCCL 2.26.2, libtorch 2.7.1 on a
            CUDA 12.8 (driver: up to 12.8), NCCL 2.26.2, libtorch 2.7.1 on b
            rank""");
  }

  private static RankReport rank(int rank, String node, String driver, boolean reached) {
    Gpu gpu =
        new Gpu("NVIDIA H100", driver, "12.8", "2.26.2", 80_000, 81_559, List.of(true, reached));
    return new RankReport(rank, node, "2.7.1", gpu, 1 << 28, 0.02);
  }
}
