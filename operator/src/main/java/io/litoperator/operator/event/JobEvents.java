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
import java.util.Objects;
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
    resized(before, after).ifPresent(events::add);
    obstacle(before, after).ifPresent(events::add);
    phase(before.map(LitTrainingJobStatus::phase), after).ifPresent(events::add);
    return events;
  }

  private static Optional<JobEvent> started(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    if (after.startTime() == null || before.map(LitTrainingJobStatus::startTime).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        JobEvent.normal("Started", "Made %s.".formatted(pods(after)), after.attempt()));
  }

  private static String pods(LitTrainingJobStatus status) {
    int pods = status.members().size();
    return pods == 1 ? "1 Pod" : pods + " Pods";
  }

  private static Optional<JobEvent> failure(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    LastFailure failure = after.lastFailure();
    if (failure == null
        || after.phase() == Phase.FAILED
        || failures(before).equals(failures(Optional.of(after)))) {
      return Optional.empty();
    }
    return Optional.of(
        JobEvent.warning("Restarting", failure.message(), after.attempt() + failure.reason()));
  }

  /** A gang that gets another size is restarted too, by a wish. */
  private static Map<String, Integer> failures(Optional<LitTrainingJobStatus> status) {
    Map<String, Integer> counts = new HashMap<>(restarts(status));
    counts.remove(RestartReason.RESIZED.word());
    return counts;
  }

  private static Optional<JobEvent> resized(
      Optional<LitTrainingJobStatus> before, LitTrainingJobStatus after) {
    String reason = RestartReason.RESIZED.word();
    return Objects.equals(restarts(before).get(reason), restarts(Optional.of(after)).get(reason))
        ? Optional.empty()
        : Optional.of(
            JobEvent.normal(
                reason,
                "Goes on with %s, as spec.topology says now.".formatted(pods(after)),
                after.attempt()));
  }

  /** So far, by reason. */
  private static Map<String, Integer> restarts(Optional<LitTrainingJobStatus> status) {
    return status.map(LitTrainingJobStatus::restarts).map(Restarts::byReason).orElse(Map.of());
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
