package io.litoperator.worker.preflight;

import java.util.List;

/**
 * What was found on all nodes.
 *
 * @param ranks in their order
 */
public record Findings(List<RankReport> ranks, Sum sum) {
  private static final double GIGA = 1e9;

  /**
   * How fast a sum over all ranks was, as nccl-tests define it.
   *
   * @param bytes of each rank
   * @param algorithmGigabytesPerSecond a rank's bytes in the time of the slowest
   * @param busGigabytesPerSecond 2 (n - 1) / n times that with n ranks: what the slowest link
   *     carried in each direction, however many ranks there are
   */
  public record Sum(long bytes, double algorithmGigabytesPerSecond, double busGigabytesPerSecond) {}

  static Findings of(List<RankReport> ranks) {
    long bytes = ranks.get(0).sumBytes();
    double slowest = ranks.stream().mapToDouble(RankReport::sumSeconds).max().orElseThrow();
    double algorithm = bytes / slowest / GIGA;
    int n = ranks.size();
    return new Findings(ranks, new Sum(bytes, algorithm, algorithm * 2 * (n - 1) / n));
  }
}
