package io.litoperator.operator.status;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Pending;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Workers;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Puts a job's status together: the part that the reconciler writes. */
public final class Statuses {
  private static final Duration QUEUE_POLL = Duration.ofSeconds(60);

  /** Where Kueue has still to see the Pods. */
  private static final Duration FIRST_QUEUE_POLL = Duration.ofSeconds(2);

  private Statuses() {}

  /**
   * A status, and when it must be looked at again.
   *
   * @param status with the fields of the progress endpoint left out
   * @param lookAgainAt when something will have lasted long enough to be told of
   */
  public record Outlook(LitTrainingJobStatus status, Optional<Instant> lookAgainAt) {}

  public static Outlook of(Snapshot snapshot, Course course) {
    boolean expectsPods = course.end().isEmpty() && course.halt() == Course.Halt.NONE;
    Obstacle.Finding finding =
        expectsPods ? Obstacles.in(snapshot, course) : Obstacle.Finding.NOTHING;
    Phase phase = Phases.of(snapshot, course, finding.obstacle());
    Optional<LitTrainingJobStatus> before = snapshot.status();
    long generation = snapshot.job().getMetadata().getGeneration();
    LitTrainingJobStatus status =
        new LitTrainingJobStatus(
            generation,
            phase,
            Conditions.of(
                before.map(LitTrainingJobStatus::conditions).orElse(null),
                generation,
                snapshot.now(),
                phase,
                course,
                finding.obstacle()),
            startTime(snapshot, course, phase),
            completionTime(snapshot, phase),
            pending(snapshot, finding.obstacle()),
            workers(snapshot, course, phase),
            null,
            null,
            null,
            null,
            null,
            course.restarts(),
            course.lastFailure(),
            course.avoidedNodes().isEmpty() ? null : course.avoidedNodes(),
            course.attempt(),
            course.members(),
            null);
    return new Outlook(status, lookAgainAt(snapshot, finding));
  }

  /**
   * Whether a status is worth a write: whether it says anything new besides counts of Pods, which
   * would cost a write for every Pod that starts or ends and are told along with the rest.
   */
  public static boolean saysMore(Optional<LitTrainingJobStatus> before, LitTrainingJobStatus next) {
    return before.isEmpty() || !withoutCounts(before.get()).equals(withoutCounts(next));
  }

  /** The status of a job that is over, for a spec of which only the time to live can matter. */
  public static LitTrainingJobStatus observed(LitTrainingJobStatus status, long generation) {
    List<Condition> conditions =
        status.conditions().stream()
            .map(
                condition ->
                    new ConditionBuilder(condition).withObservedGeneration(generation).build())
            .toList();
    return with(status, generation, conditions, status.workers());
  }

  /** Queues tell why only when asked. */
  private static Optional<Instant> lookAgainAt(Snapshot snapshot, Obstacle.Finding finding) {
    if (finding.obstacle().filter(found -> found.phase() == Phase.QUEUED).isEmpty()) {
      return finding.lookAgainAt();
    }
    boolean told = Queues.hasSpoken(snapshot);
    return Optional.of(snapshot.now().plus(told ? QUEUE_POLL : FIRST_QUEUE_POLL));
  }

  private static LitTrainingJobStatus withoutCounts(LitTrainingJobStatus status) {
    return with(status, status.observedGeneration(), status.conditions(), null);
  }

  /** The reconciler's part of a status, with these in place of its own. */
  private static LitTrainingJobStatus with(
      LitTrainingJobStatus status, Long generation, List<Condition> conditions, Workers workers) {
    return new LitTrainingJobStatus(
        generation,
        status.phase(),
        conditions,
        status.startTime(),
        status.completionTime(),
        status.pending(),
        workers,
        null,
        null,
        null,
        null,
        null,
        status.restarts(),
        status.lastFailure(),
        status.avoidedNodes(),
        status.attempt(),
        status.members(),
        null);
  }

  /** Like a Job's, it begins anew when the job is resumed; a job that is over keeps it. */
  private static String startTime(Snapshot snapshot, Course course, Phase phase) {
    if (phase == Phase.SUSPENDED) {
      return null;
    }
    Optional<String> since = StartTime.of(snapshot, course.members()).map(Times::format);
    return Phases.isOver(phase)
        ? snapshot.status().map(LitTrainingJobStatus::startTime).or(() -> since).orElse(null)
        : since.orElse(null);
  }

  private static String completionTime(Snapshot snapshot, Phase phase) {
    if (!Phases.isOver(phase)) {
      return null;
    }
    return snapshot
        .status()
        .map(LitTrainingJobStatus::completionTime)
        .orElseGet(() -> Times.format(snapshot.now()));
  }

  private static Pending pending(Snapshot snapshot, Optional<Obstacle> obstacle) {
    return obstacle
        .map(
            now ->
                new Pending(
                    now.reason(),
                    now.message(),
                    snapshot
                        .status()
                        .map(LitTrainingJobStatus::pending)
                        .filter(before -> now.reason().equals(before.reason()))
                        .map(Pending::since)
                        .orElseGet(() -> Times.format(snapshot.now()))))
        .orElse(null);
  }

  private static Workers workers(Snapshot snapshot, Course course, Phase phase) {
    int running = (int) snapshot.workers().stream().filter(ObservedPod::isRunning).count();
    int failed = (int) snapshot.workers().stream().filter(ObservedPod::isFailed).count();
    int registered = Coordination.registeredNodes(snapshot, course.members());
    if (Phases.isOver(phase)) {
      return new Workers(0, 0, failed); // Those that still run are told to end, and nobody counts.
    }
    int desired = course.halt() == Course.Halt.SUSPEND ? 0 : course.members().size();
    return new Workers(desired, Math.min(running, registered), failed);
  }
}
