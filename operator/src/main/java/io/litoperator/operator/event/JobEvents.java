package io.litoperator.operator.event;

import io.fabric8.kubernetes.api.model.Condition;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pending;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.operator.status.RestartReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which events a change of status is worth. The stages of a run are not among them: the status
 * tells of these, and every event is a write.
 */
public final class JobEvents {
  private JobEvents() {}

  public static List<JobEvent> between(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    List<JobEvent> events = new ArrayList<>();
    started(before, after).ifPresent(events::add);
    failure(before, after).ifPresent(events::add);
    obstacle(before, after).ifPresent(events::add);
    phase(before.map(LitTrainingJobStatus::phase), after).ifPresent(events::add);
    return events;
  }

  private static Optional<JobEvent> started(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    if (after.startTime() == null || before.map(LitTrainingJobStatus::startTime).isPresent()) {
      return Optional.empty();
    }
    int pods = after.members().size();
    return Optional.of(
        JobEvent.normal(
            "Started",
            pods == 1 ? "Made 1 Pod." : "Made %d Pods.".formatted(pods),
            after.attempt()));
  }

  private static Optional<JobEvent> failure(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    LastFailure failure = after.lastFailure();
    if (failure == null
        || after.phase() == Phase.FAILED
        || failures(before.map(LitTrainingJobStatus::restarts).orElse(null))
            .equals(failures(after.restarts()))) {
      return Optional.empty();
    }
    return Optional.of(
        JobEvent.warning("Restarting", failure.message(), after.attempt() + failure.reason()));
  }

  /** A gang that gets another size is restarted too, by a wish. */
  private static Map<String, Integer> failures(Restarts restarts) {
    if (restarts == null || restarts.byReason() == null) {
      return Map.of();
    }
    Map<String, Integer> counts = new HashMap<>(restarts.byReason());
    counts.remove(RestartReason.RESIZED.word());
    return counts;
  }

  private static Optional<JobEvent> obstacle(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    Pending pending = after.pending();
    String told = before.map(LitTrainingJobStatus::pending).map(Pending::reason).orElse(null);
    if (pending == null || pending.reason().equals(told)) {
      return Optional.empty();
    }
    return Optional.of(
        after.phase() == Phase.QUEUED
            ? JobEvent.normal(pending.reason(), pending.message(), pending.since())
            : JobEvent.warning(pending.reason(), pending.message(), pending.since()));
  }

  private static Optional<JobEvent> phase(Optional<Phase> before, LitTrainingJobStatus after) {
    Phase phase = after.phase();
    if (before.filter(phase::equals).isPresent()) {
      return Optional.empty();
    }
    Condition ready = after.conditions().get(0);
    return switch (phase) {
      case SUSPENDING, SUSPENDED ->
          Optional.of(
              JobEvent.normal(ready.getReason(), ready.getMessage(), after.observedGeneration()));
      case SUCCEEDED ->
          Optional.of(JobEvent.normal("Succeeded", ready.getMessage(), after.observedGeneration()));
      case FAILED ->
          Optional.of(JobEvent.warning("Failed", ready.getMessage(), after.observedGeneration()));
      default -> Optional.empty();
    };
  }
}
