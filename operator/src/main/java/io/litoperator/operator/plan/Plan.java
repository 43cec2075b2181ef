package io.litoperator.operator.plan;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What is to be done about a job now.
 *
 * @param actions in this order; those that make objects do not depend on each other
 * @param wakeAt when to look again though nothing may have happened; empty if only an event can
 *     change anything
 */
public record Plan(List<Action> actions, Optional<Instant> wakeAt) {
  static final Plan NOTHING = new Plan(List.of(), Optional.empty());

  public Plan {
    actions = List.copyOf(actions);
  }

  /** Whether there is anything to make that the API server may refuse. */
  public boolean makesObjects() {
    return actions.stream()
        .anyMatch(
            action ->
                action instanceof Action.Apply
                    || action instanceof Action.CreateSecret
                    || action instanceof Action.CreatePod);
  }

  /** Whether there are Pods to make. */
  public boolean makesPods() {
    return actions.stream().anyMatch(Action.CreatePod.class::isInstance);
  }
}
