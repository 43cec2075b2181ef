package io.litoperator.worker.cli;

import io.litoperator.worker.preflight.Findings;
import io.litoperator.worker.preflight.Gpu;
import io.litoperator.worker.preflight.RankReport;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a preflight found, for people. */
final class PreflightTable {
  private static final int NODE_WIDTH = 4;

  private PreflightTable() {}

  static String of(Findings findings) {
    List<RankReport> ranks = findings.ranks();
    int width = ranks.stream().mapToInt(rank -> rank.node().length()).reduce(NODE_WIDTH, Math::max);
    StringBuilder table = new StringBuilder(versions(ranks));
    table.append(line("%n%4s  %-" + width + "s", "rank", "node"));
    if (ranks.get(0).gpu() != null) {
      table.append(line("  %-28s %22s  %s", "GPU", "MiB free", "reaches"));
    }
    for (RankReport rank : ranks) {
      table.append(line("%n%4d  %-" + width + "s", rank.rank(), rank.node()));
      if (rank.gpu() != null) {
        table.append(gpu(rank.gpu()));
      }
    }
    return table.append(sum(findings.sum(), ranks.size())).toString();
  }

  /** One line, or one for each set of versions with the nodes that have it. */
  private static String versions(List<RankReport> ranks) {
    Map<String, Set<String>> nodes = new LinkedHashMap<>();
    ranks.forEach(
        rank -> nodes.computeIfAbsent(versions(rank), v -> new LinkedHashSet<>()).add(rank.node()));
    return nodes.size() == 1
        ? nodes.keySet().iterator().next()
        : nodes.entrySet().stream()
            .map(entry -> entry.getKey() + " on " + String.join(", ", entry.getValue()))
            .collect(Collectors.joining(System.lineSeparator()));
  }

  private static String versions(RankReport rank) {
    Gpu gpu = rank.gpu();
    String libtorch = "libtorch " + rank.libtorch();
    return gpu == null
        ? libtorch
        : "CUDA %s (driver: up to %s), NCCL %s, %s"
            .formatted(gpu.runtime(), gpu.driver(), gpu.nccl(), libtorch);
  }

  private static String gpu(Gpu gpu) {
    return line("  %-28s %,9d of %,9d  %s", gpu.name(), gpu.freeMiB(), gpu.totalMiB(), peers(gpu));
  }

  private static String peers(Gpu gpu) {
    return gpu.peers().contains(false)
        ? gpu.peers().stream().map(can -> can ? "+" : "-").collect(Collectors.joining())
        : "all";
  }

  private static String sum(Findings.Sum sum, int ranks) {
    return line(
        "%nsum of %,d MiB over %d %s: %.2f GB/s algorithm bandwidth, %.2f GB/s bus bandwidth"
            + " (as in nccl-tests)",
        sum.bytes() >> 20,
        ranks,
        ranks == 1 ? "rank" : "ranks",
        sum.algorithmGigabytesPerSecond(),
        sum.busGigabytesPerSecond());
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
