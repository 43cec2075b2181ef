package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.ObservedWorkload;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.snapshot.World;
import io.litoperator.operator.status.Statuses;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a job that is over still needs: no Pods, and its own removal in time. */
final class Aftermath {
  /**
   * Agents that are told of success end by themselves; their logs are of use as long as they do.
   */
  private static final Duration FAREWELL = Duration.ofSeconds(30);

  private Aftermath() {}

  static Plan plan(Snapshot snapshot) {
    LitTrainingJobStatus status = snapshot.status().orElseThrow();
    Optional<Instant> expiry = expiry(snapshot, status);
    if (expiry.filter(at -> !snapshot.now().isBefore(at)).isPresent()) {
      return new Plan(List.of(new Action.DeleteJob(snapshot.job())), Optional.empty());
    }
    List<Action> actions = new ArrayList<>();
    List<Instant> wakeUps = new ArrayList<>(expiry.stream().toList());
    long generation = snapshot.job().getMetadata().getGeneration();
    if (generation != status.observedGeneration()) {
      actions.add(new Action.PatchStatus(snapshot.job(), Statuses.observed(status, generation)));
    }
    Instant mayEndBy =
        status.phase() == Phase.SUCCEEDED
            ? Instant.parse(status.completionTime()).plus(FAREWELL)
            : snapshot.now();
    if (snapshot.now().isBefore(mayEndBy)) {
      wakeUps.add(mayEndBy);
    } else {
      Removals removals = removals(snapshot);
      actions.addAll(removals.actions());
      wakeUps.addAll(removals.wakeUps());
      quota(snapshot).ifPresent(actions::add);
      workload(snapshot).ifPresent(actions::add);
    }
    return new Plan(actions, wakeUps.stream().min(Comparator.naturalOrder()));
  }

  /** Pods that have ended are kept for their logs. */
  static Removals removals(Snapshot snapshot) {
    Removals removals = new Removals(snapshot.now(), true);
    snapshot.workers().stream()
        .filter(pod -> !pod.isEnded() || pod.isTerminating())
        .forEach(removals::add);
    return removals;
  }

  /**
   * Kueue holds a group's quota for the successors of Pods that did not succeed, and for all that
   * the group was made for, though the job may have been made smaller since.
   */
  private static Optional<Action> quota(Snapshot snapshot) {
    List<ObservedPod> held =
        snapshot.workers().stream()
            .filter(pod -> pod.isEnded() && !pod.isTerminating())
            .filter(ObservedPod::isHeldByKueue)
            .sorted(Comparator.comparingInt(ObservedPod::index))
            .toList();
    long succeeded = held.stream().filter(ObservedPod::isSucceeded).count();
    boolean isSettled =
        held.stream().anyMatch(pod -> pod.hasAnnotation(Kueue.RETRIABLE))
            || held.stream()
                .flatMap(pod -> World.of(pod.pod()).stream())
                .anyMatch(world -> world.nodes() == succeeded);
    return isSettled
        ? Optional.empty()
        : held.stream().findFirst().map(pod -> new Action.GiveQuotaBack(pod.pod()));
  }

  /** Without Pods, nobody else tells Kueue that the job is over. */
  private static Optional<Action> workload(Snapshot snapshot) {
    return snapshot
        .workload()
        .map(ObservedWorkload::new)
        .filter(workload -> snapshot.workers().isEmpty())
        .filter(workload -> !workload.isFinished() && !workload.isTerminating())
        .map(workload -> new Action.DeleteWorkload(workload.workload()));
  }

  private static Optional<Instant> expiry(Snapshot snapshot, LitTrainingJobStatus status) {
    return Optional.ofNullable(snapshot.job().getSpec().ttlSecondsAfterFinished())
        .map(seconds -> Instant.parse(status.completionTime()).plusSeconds(seconds));
  }
}
