package io.litoperator.operator.metrics;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.util.Locale;

/** Phases as the status spells them. */
final class PhaseLabel {
  private PhaseLabel() {}

  static String of(Phase phase) {
    String name = phase.name();
    return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
  }
}
