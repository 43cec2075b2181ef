package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.AvoidedNode;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Course.Halt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds which Pods to make and which to remove, so that there is one for each member. */
final class PodWork {
  /** When a view is out of date, or someone else has to act. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final Snapshot snapshot;
  private final Course course;
  private final JobResources resources;
  private final Duration patience;
  private final Optional<Pod> gangmate;
  private final List<Action.CreatePod> creations = new ArrayList<>();
  private final List<Instant> wakeUps = new ArrayList<>();
  private final WorkloadWork workload;
  private final Removals removals;

  private PodWork(Snapshot snapshot, Course course, JobResources resources, Duration patience) {
    this.snapshot = snapshot;
    this.course = course;
    this.resources = resources;
    this.patience = patience;
    Roll roll = Roll.call(snapshot, course.members());
    this.gangmate = gangmate(roll);
    this.workload = WorkloadWork.of(snapshot, course, roll);
    this.removals = new Removals(snapshot.now(), workload.letsPodsGo());
  }

  /**
   * @param patience that a coordinator is given to save and stop
   */
  static PodWork of(Snapshot snapshot, Course course, JobResources resources, Duration patience) {
    PodWork work = new PodWork(snapshot, course, resources, patience);
    course.members().forEach(work::fill);
    snapshot.workers().stream()
        .filter(pod -> pod.index() >= course.members().size() || pod.index() < 0)
        .forEach(work.removals::add);
    return work;
  }

  List<Action.CreatePod> creations() {
    return creations;
  }

  /** Also of what Kueue holds of Pods that are no more. */
  List<Action> removals() {
    return Stream.concat(workload.action().stream(), removals.actions().stream()).toList();
  }

  Stream<Instant> wakeUps() {
    return Stream.concat(wakeUps.stream(), removals.wakeUps().stream());
  }

  private void fill(Member member) {
    Optional<ObservedPod> there = snapshot.pod(member.index());
    if (there.isEmpty()) {
      create(member);
      return;
    }
    ObservedPod pod = there.get();
    if (pod.isOfFormer(snapshot.job())) {
      outlast(pod);
    } else if (!pod.isOwnedBy(snapshot.job().getMetadata().getUid())
        || pod.attempt() > member.attempt()) {
      wakeUps.add(snapshot.now().plus(SOON));
    } else if (pod.attempt() < member.attempt()) {
      removals.add(pod);
    } else if (course.halt() != Halt.NONE && !pod.isEnded()) {
      halt(pod);
    }
  }

  /**
   * What deletes a Pod with its job, and its kubelet, are waited for; the Pod is removed as the
   * job's own would be, for the worker's storage fences those of former jobs as well. Its end is an
   * event of this job, by its name.
   */
  private void outlast(ObservedPod former) {
    if (course.halt() == Halt.NONE && former.isTerminating()) {
      removals.add(former);
    }
  }

  private void create(Member member) {
    if (course.halt() != Halt.NONE) {
      return;
    }
    if (!workload.letsMakePods()) {
      wakeUps.add(snapshot.now().plus(SOON));
      return;
    }
    Optional<Instant> retryAt =
        snapshot
            .standingRefusal()
            .map(Refusal::retryAt)
            .or(() -> course.pauseEndsAt(snapshot.now()));
    if (retryAt.isPresent()) {
      wakeUps.add(retryAt.get());
      return;
    }
    creations.add(
        new Action.CreatePod(
            resources.pod(
                member.index(),
                member.attempt(),
                gangmate,
                course.avoidedNodes().stream().map(AvoidedNode::node).toList())));
  }

  /** Who is there already of the gang that a new Pod joins. */
  private static Optional<Pod> gangmate(Roll roll) {
    return roll.entries().stream()
        .flatMap(entry -> entry.pod().stream())
        .map(ObservedPod::pod)
        .findFirst();
  }

  private void halt(ObservedPod pod) {
    Instant deadline = Halting.deadline(snapshot, course, patience);
    if (pod.isTerminating() || !snapshot.now().isBefore(deadline)) {
      removals.add(pod);
    } else {
      wakeUps.add(deadline);
    }
  }
}
