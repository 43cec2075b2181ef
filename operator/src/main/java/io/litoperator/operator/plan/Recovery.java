package io.litoperator.operator.plan;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.RecoverySpec;
import io.litoperator.api.v1alpha1.RecoverySpec.Action;
import io.litoperator.operator.plan.Roll.Entry;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Coordination;
import io.litoperator.operator.status.Course;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Decides what the loss of Pods costs, and who takes their places. */
final class Recovery {
  private record Loss(Member member, Cause cause, Action action) {
    /** What a gang ended by, rather than what followed from it. */
    private static final Comparator<Loss> ROOT_FIRST =
        Comparator.comparing((Loss loss) -> loss.action() != Action.FAIL)
            .thenComparing(loss -> !loss.cause().isDisruption())
            .thenComparing(loss -> loss.cause().isSecondary())
            .thenComparing(loss -> Instant.parse(loss.cause().failure().at()))
            .thenComparing(loss -> loss.member().index());
  }

  private final Snapshot snapshot;
  private final Course course;
  private final RecoverySpec recovery;

  private Recovery(Snapshot snapshot, Course course) {
    this.snapshot = snapshot;
    this.course = course;
    this.recovery = snapshot.job().getSpec().recovery();
  }

  static Course after(Snapshot snapshot, Course course, Roll roll) {
    return new Recovery(snapshot, course).recover(roll);
  }

  /** The failure among these Pods that no restart can mend; empty if there is none. */
  static Optional<Course.Failed> permanent(Snapshot snapshot, Course course, Roll roll) {
    return new Recovery(snapshot, course)
        .losses(roll).stream()
            .filter(loss -> loss.action() == Action.FAIL)
            .findFirst()
            .map(Recovery::failed);
  }

  private Course recover(Roll roll) {
    List<Loss> losses = losses(roll);
    if (losses.isEmpty()) {
      return course;
    }
    Loss root = losses.stream().min(Loss.ROOT_FIRST).orElseThrow();
    if (root.action() == Action.FAIL) {
      return unchanged(root).ended(failed(root));
    }
    Course next = isNewIncident(losses) ? restart(roll, losses, root) : join(roll, losses, root);
    return next.avoiding(AvoidedNodes.after(next.avoidedNodes(), losses.stream().map(Loss::cause)));
  }

  private Course restart(Roll roll, List<Loss> losses, Loss root) {
    boolean costs = root.action() == Action.RESTART;
    Restarts charged = costs ? Budget.charged(snapshot, course.restarts(), 1) : course.restarts();
    if (costs && Budget.isOverdrawn(charged, recovery)) {
      return unchanged(root).ended(Budget.exhausted(recovery, root.cause().failure()));
    }
    int attempt = Coordination.nextAttempt(snapshot, course.attempt());
    Restarts restarts =
        BackOff.after(
            snapshot, Ledger.with(charged, root.cause().failure().reason(), 1), root.cause());
    return course.goOn(vacate(roll, losses, attempt), attempt, restarts, root.cause().failure());
  }

  /** More Pods of a gang whose end is counted already. */
  private Course join(Roll roll, List<Loss> losses, Loss root) {
    return course.goOn(
        vacate(roll, losses, course.attempt()),
        course.attempt(),
        course.restarts(),
        course.lastFailure() == null ? root.cause().failure() : course.lastFailure());
  }

  /**
   * All agents of a gang end when it does, but not at one moment. Until the next gang is complete,
   * the end of a Pod of an earlier attempt belongs to what ended that attempt; but a coordinator
   * that has begun the next one in its Pod did not end by that.
   */
  private boolean isNewIncident(List<Loss> losses) {
    return Ledger.hasFormed(course.restarts(), course.attempt())
        || losses.stream().anyMatch(loss -> newestAttempt(loss.member()) >= course.attempt());
  }

  private int newestAttempt(Member member) {
    return Coordination.current(snapshot, course.members())
        .filter(coordinator -> member.index() == 0)
        .map(coordinator -> Math.max(member.attempt(), Coordination.attempt(coordinator)))
        .orElse(member.attempt());
  }

  private List<Loss> losses(Roll roll) {
    List<Loss> losses =
        roll.entries().stream()
            .flatMap(entry -> cause(entry).map(cause -> loss(entry, cause)).stream())
            .toList();
    return losses.isEmpty()
        ? Silence.of(snapshot, course).map(cause -> loss(roll.first(), cause)).stream().toList()
        : losses;
  }

  private Loss loss(Entry entry, Cause cause) {
    return new Loss(entry.member(), cause, Rules.of(cause, recovery));
  }

  private Optional<Cause> cause(Entry entry) {
    String name = snapshot.podName(entry.member().index());
    if (entry.isGone()) {
      return Optional.of(
          wasStopped()
              ? Cause.interrupted(name, snapshot.now())
              : Cause.gone(name, snapshot.now()));
    }
    Optional<ObservedPod> pod = entry.pod();
    if (pod.isEmpty() || pod.get().isSucceeded()) {
      return Optional.empty();
    }
    if (pod.get().isTerminating() && !hasFailedByItself(pod.get())) {
      return Optional.of(
          wasStopped()
              ? Cause.interrupted(name, snapshot.now())
              : Cause.deleted(pod.get(), snapshot.now()));
    }
    return pod.filter(ObservedPod::isFailed).map(it -> Cause.failed(it, snapshot.now()));
  }

  /** A Pod that saves and ends because it is deleted has failed by the word only. */
  private static boolean hasFailedByItself(ObservedPod pod) {
    return pod.isFailed()
        && pod.failedBeforeWorker().isEmpty()
        && pod.end().map(end -> !Set.of(75, 143).contains(end.getExitCode())).orElse(true);
  }

  /** Whether the Pods were told to end, by a wish that was withdrawn since. */
  private boolean wasStopped() {
    return snapshot
        .status()
        .filter(status -> status.phase() == Phase.SUSPENDING || Halting.isResizing(status))
        .isPresent();
  }

  /** Also of agents that ended well with a gang that did not: the next one needs them. */
  private List<Member> vacate(Roll roll, List<Loss> losses, int attempt) {
    Set<Integer> lost =
        Stream.concat(
                losses.stream().map(Loss::member),
                roll.entries().stream().filter(Entry::isSucceeded).map(Entry::member))
            .map(Member::index)
            .collect(Collectors.toSet());
    return course.members().stream()
        .map(
            member ->
                lost.contains(member.index()) ? new Member(member.index(), null, attempt) : member)
        .toList();
  }

  private Course unchanged(Loss root) {
    return course.goOn(
        course.members(), course.attempt(), course.restarts(), root.cause().failure());
  }

  private static Course.Failed failed(Loss loss) {
    return new Course.Failed(loss.cause().failure().reason(), loss.cause().failure().message());
  }
}
