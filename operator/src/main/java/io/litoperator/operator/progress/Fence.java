package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Lets only the job's current coordinator speak, and only forwards: a Pod that has been replaced, a
 * report that was overtaken or is played again, and counts that fall are refused.
 */
final class Fence {
  private static final Duration SOON = Duration.ofSeconds(1);

  private Fence() {}

  /**
   * @param pod the job's Pod of index 0, as last seen
   * @param sender whose token it is, as the API server says
   * @throws RequestRefusedException 403 for another Pod than a coordinator; 409 for one that is no
   *     longer the member; 503 while it cannot be told yet
   */
  static void checkSender(LitTrainingJob job, Optional<Pod> pod, Sender sender) {
    if (!sender.isCoordinatorOf(job)) {
      throw RequestRefusedException.forbidden("This token is not of the job's coordinator.");
    }
    Optional<Member> member = coordinator(job);
    String recorded = member.map(Member::podUid).orElse(null);
    if (recorded != null) {
      if (!recorded.equals(sender.podUid())) {
        throw RequestRefusedException.stale("Another Pod has this one's place.");
      }
    } else if (!pod.map(p -> p.getMetadata().getUid())
        .filter(sender.podUid()::equals)
        .isPresent()) {
      throw RequestRefusedException.unavailable("This Pod is not known yet.", SOON);
    } else if (!isCandidate(new ObservedPod(pod.get()), job, member)) {
      throw RequestRefusedException.stale("This Pod is not of the job's current attempt.");
    }
  }

  /**
   * @param before what was accepted last
   * @throws RequestRefusedException 409 for an old attempt or sequence; 400 where counts fall
   */
  static void checkOrder(
      LitTrainingJob job, ProgressStatus before, String podUid, ProgressReport report) {
    int floor = coordinator(job).map(Member::attempt).orElse(1);
    Coordinator last = before.coordinator();
    boolean samePod = last != null && last.podUid().equals(podUid);
    if (report.attempt() < floor || samePod && report.attempt() < last.attempt()) {
      throw RequestRefusedException.stale(
          "Attempt %d is over; the current one is %d."
              .formatted(report.attempt(), samePod ? Math.max(floor, last.attempt()) : floor));
    }
    if (samePod && report.sequence() <= last.sequence()) {
      throw RequestRefusedException.stale(
          "Sequence %d is not after %d.".formatted(report.sequence(), last.sequence()));
    }
    if (samePod) {
      checkCounts(last.restarts(), report.restarts());
    }
    if (samePod && report.attempt() == last.attempt()) {
      checkSteps(before.progress(), report.progress());
    }
  }

  private static void checkCounts(Map<String, Integer> before, Map<String, Integer> after) {
    Optional.ofNullable(before)
        .orElse(Map.of())
        .forEach(
            (reason, count) -> {
              if (after.getOrDefault(reason, 0) < count) {
                throw RequestRefusedException.malformed(
                    "restarts.%s must not fall below %d.".formatted(reason, count));
              }
            });
  }

  private static void checkSteps(Progress before, Progress after) {
    if (before != null
        && after != null
        && Objects.equals(before.stage(), after.stage())
        && after.step() < before.step()) {
      throw RequestRefusedException.malformed(
          "progress.step must not fall below %d within an attempt.".formatted(before.step()));
    }
  }

  private static boolean isCandidate(ObservedPod pod, LitTrainingJob job, Optional<Member> member) {
    return pod.isOwnedBy(job.getMetadata().getUid())
        && member.map(m -> m.attempt() == pod.attempt()).orElse(true);
  }

  private static Optional<Member> coordinator(LitTrainingJob job) {
    return job.told().map(LitTrainingJobStatus::members).orElse(List.of()).stream()
        .filter(m -> m.index() == 0)
        .findFirst();
  }
}
