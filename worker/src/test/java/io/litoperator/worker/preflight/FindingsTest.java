package io.litoperator.worker.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTest {
  /** nccl-tests, doc/PERFORMANCE.md: the algorithm's is S / t, the bus's 2 (n - 1) / n of that. */
  @ParameterizedTest
  @CsvSource({"1, 0", "2, 1", "4, 1.5", "16, 1.875"})
  void bandwidthIsThatOfNcclTests(int ranks, double share) {
    Findings.Sum sum =
        Findings.of(IntStream.range(0, ranks).mapToObj(r -> report(r, 0.5)).toList()).sum();

    assertThat(sum.algorithmGigabytesPerSecond()).isEqualTo(6);
    assertThat(sum.busGigabytesPerSecond()).isEqualTo(6 * share);
  }

  @Test
  void theSlowestRankCounts() {
    assertThat(Findings.of(List.of(report(0, 0.5), report(1, 1))).sum())
        .isEqualTo(new Findings.Sum(3_000_000_000L, 3, 3));
  }

  private static RankReport report(int rank, double seconds) {
    return new RankReport(rank, "a", "2.7.1", null, 3_000_000_000L, seconds);
  }
}
