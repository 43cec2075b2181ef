package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.RecoverySpec;
import io.litoperator.api.v1alpha1.RecoverySpec.Action;
import io.litoperator.api.v1alpha1.RecoverySpec.Rule;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** What a loss costs: the job's own rules first, then what the exit code means. */
final class Rules {
  /** Usage, bad content, missing input: another attempt would end the same way. */
  private static final Set<String> PERMANENT = Set.of("64", "65", "66");

  private static final String SAVED = "75";

  private Rules() {}

  static Action of(Cause cause, RecoverySpec recovery) {
    List<Rule> rules = recovery.rules() == null ? List.of() : recovery.rules();
    return rules.stream()
        .filter(rule -> cause.names().contains(rule.on()))
        .map(Rule::action)
        .findFirst()
        .orElseGet(() -> usual(cause));
  }

  private static Action usual(Cause cause) {
    if (cause.isDisruption() || cause.names().contains(SAVED) || cause.isInterruption()) {
      return Action.RESTART_FREE;
    }
    return Collections.disjoint(cause.names(), PERMANENT) ? Action.RESTART : Action.FAIL;
  }
}
