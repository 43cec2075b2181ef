package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.status.Course.End;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The conditions of a job. {@code Ready}, {@code Reconciling} and {@code Stalled} mean what kstatus
 * means by them: a job is ready when it succeeded, reconciling while the operator has something to
 * bring about, stalled when only a person can help.
 */
public final class Conditions {
  private final List<Condition> before;
  private final long generation;
  private final Instant now;
  private final List<Condition> conditions = new ArrayList<>();

  private Conditions(List<Condition> before, long generation, Instant now) {
    this.before = before == null ? List.of() : before;
    this.generation = generation;
    this.now = now;
  }

  /**
   * @param before null or empty where there were none
   */
  public static List<Condition> of(
      List<Condition> before,
      long generation,
      Instant now,
      Phase phase,
      Course course,
      Optional<Obstacle> obstacle) {
    Conditions conditions = new Conditions(before, generation, now);
    String reason = reason(phase, course, obstacle);
    String message = message(phase, course, obstacle);
    Optional<End> end = course.end();
    boolean invalid = end.filter(Course.Invalid.class::isInstance).isPresent();
    boolean queued = phase == Phase.QUEUED;
    conditions.add("Ready", phase == Phase.SUCCEEDED, reason, message);
    conditions.add(
        "Reconciling", end.isEmpty() && phase != Phase.SUSPENDED, PhaseNames.of(phase), "");
    conditions.add("Stalled", phase == Phase.FAILED, reason, message);
    conditions.add("Valid", !invalid, invalid ? reason : "Accepted", invalid ? message : "");
    conditions.add(
        "Admitted",
        !invalid && !queued && phase != Phase.SUSPENDED,
        queued || invalid ? reason : phase == Phase.SUSPENDED ? "Suspended" : "Admitted",
        queued ? message : "");
    conditions.add("Running", Phases.isTraining(phase), reason, "");
    conditions.add("Succeeded", phase == Phase.SUCCEEDED, reason, "");
    conditions.add("Failed", phase == Phase.FAILED, reason, phase == Phase.FAILED ? message : "");
    return List.copyOf(conditions.conditions);
  }

  private static String reason(Phase phase, Course course, Optional<Obstacle> obstacle) {
    return course
        .end()
        .map(End::reason)
        .or(() -> obstacle.map(Obstacle::reason))
        .orElseGet(() -> course.halt() == Course.Halt.RESIZE ? "Resizing" : PhaseNames.of(phase));
  }

  private static String message(Phase phase, Course course, Optional<Obstacle> obstacle) {
    return course
        .end()
        .map(End::message)
        .or(() -> obstacle.map(Obstacle::message))
        .orElseGet(() -> PhaseNames.sentence(phase));
  }

  private void add(String type, boolean holds, String reason, String message) {
    String status = holds ? "True" : "False";
    String since =
        before.stream()
            .filter(old -> old.getType().equals(type) && Objects.equals(old.getStatus(), status))
            .map(Condition::getLastTransitionTime)
            .findFirst()
            .orElseGet(() -> Times.format(now));
    conditions.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since)
            .build());
  }
}
