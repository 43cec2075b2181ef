package io.litoperator.operator.metrics;

import java.util.Set;

/** Labels must be few: a reason that is not known here counts as {@code Other}. */
final class Reasons {
  private static final Set<String> KNOWN =
      Set.of(
          "RankFailed",
          "RankOOMKilled",
          "Hang",
          "PeerLost",
          "StorageFault",
          "AcceleratorFault",
          "PodFailed",
          "OOMKilled",
          "Evicted",
          "PodDeleted",
          "NodeLost",
          "Preempted",
          "Interrupted");

  private Reasons() {}

  static String label(String reason) {
    return KNOWN.contains(reason) ? reason : "Other";
  }
}
