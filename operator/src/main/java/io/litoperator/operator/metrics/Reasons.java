package io.litoperator.operator.metrics;

import io.litoperator.operator.status.RestartReason;
import java.util.Set;
import java.util.stream.Stream;

/** Labels must be few: a reason that is not known here counts as {@code Other}. */
final class Reasons {
  private static final String OTHER = "Other";
  private static final Set<String> KNOWN = RestartReason.words();

  private Reasons() {}

  static Stream<String> labels() {
    return Stream.concat(KNOWN.stream(), Stream.of(OTHER));
  }

  static String label(String reason) {
    return KNOWN.contains(reason) ? reason : OTHER;
  }
}
