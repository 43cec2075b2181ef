package io.litoperator.operator.metrics;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.status.Phases;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What of a job's life has been counted. It only grows, so that nothing counts twice: neither what
 * a status tells again, as the start of a job that was suspended or the first step of its second
 * stage, nor an older status that is seen after a newer one. All durations are between times in the
 * status, so that it does not matter how often one looks.
 *
 * @param hadPods ever
 * @param stepped ever
 * @param restarts by reason
 * @param failure the newest that was seen; null before the first
 * @param outage that is not over; null without one
 * @param finished whether the job is over
 */
record Tally(
    boolean hadPods,
    boolean stepped,
    Map<String, Integer> restarts,
    LastFailure failure,
    Outage outage,
    boolean finished) {
  private static final Set<Activity> AT_WORK =
      Set.of(Activity.PRETRAINING, Activity.FINETUNING, Activity.EVALUATING, Activity.DONE);
  private static final Tally NOTHING = new Tally(false, false, Map.of(), null, null, false);

  /** A failure that the job has not yet recovered from. */
  record Outage(String reason, Instant since) {}

  /** A tally and what it newly counts. */
  record Growth(Tally tally, List<Happening> happenings) {}

  /**
   * What the status alone tells of a job: it was counted by whoever brought it about. Where the
   * status leaves it open, the job is taken to have stepped. How long an outage under way has
   * lasted is nobody's to tell.
   */
  static Tally of(LitTrainingJob job) {
    return job.told()
        .map(
            status ->
                new Tally(
                    hasHadPods(status),
                    hasStepped(job) || status.progress() != null && reportedAttempt(status) > 1,
                    byReason(status),
                    status.lastFailure(),
                    null,
                    Phases.isOver(status.phase())))
        .orElse(NOTHING);
  }

  Growth next(LitTrainingJob job) {
    if (job.told().isEmpty()) {
      return new Growth(this, List.of());
    }
    LitTrainingJobStatus status = job.getStatus();
    List<Happening> happenings = new ArrayList<>();
    if (!hadPods && status.startTime() != null) {
      happenings.add(new Happening.PodsMade(between(created(job), time(status.startTime()))));
    }
    if (!stepped && hasStepped(job)) {
      happenings.add(new Happening.FirstStep(between(created(job), heardAt(status).orElseThrow())));
    }
    List<Happening.Restarted> restarted = restarted(status);
    happenings.addAll(restarted);
    Outage open = restarted.isEmpty() || outage != null ? outage : begun(status).orElse(null);
    if (open != null && isOver(open, status)) {
      happenings.add(
          new Happening.Recovered(
              open.reason(), between(open.since(), heardAt(status).orElseThrow())));
      open = null;
    }
    if (!finished && Phases.isOver(status.phase())) {
      happenings.add(
          new Happening.Finished(
              job.getMetadata().getNamespace(), status.phase() == Phase.SUCCEEDED));
    }
    return new Growth(
        new Tally(
            hadPods || hasHadPods(status),
            stepped || hasStepped(job),
            grown(restarted),
            status.lastFailure() == null ? failure : status.lastFailure(),
            isAtRest(status.phase()) ? null : open,
            finished || Phases.isOver(status.phase())),
        List.copyOf(happenings));
  }

  private List<Happening.Restarted> restarted(LitTrainingJobStatus status) {
    List<Happening.Restarted> more = new ArrayList<>();
    byReason(status)
        .forEach(
            (reason, times) -> {
              int uncounted = times - restarts.getOrDefault(reason, 0);
              if (uncounted > 0) {
                more.add(new Happening.Restarted(reason, uncounted));
              }
            });
    return more;
  }

  private Map<String, Integer> grown(List<Happening.Restarted> restarted) {
    Map<String, Integer> all = new HashMap<>(restarts);
    restarted.forEach(more -> all.merge(more.reason(), more.times(), Integer::sum));
    return Map.copyOf(all);
  }

  /** Not every restart is a failure's: a job that is resized has none. */
  private Optional<Outage> begun(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.lastFailure())
        .filter(last -> last.at() != null && !last.equals(failure))
        .map(last -> new Outage(last.reason(), time(last.at())));
  }

  private static boolean isOver(Outage outage, LitTrainingJobStatus status) {
    return status.coordinator() != null
        && reportedAttempt(status) >= attempt(status)
        && AT_WORK.contains(status.coordinator().activity())
        && heardAt(status).filter(heard -> heard.isAfter(outage.since())).isPresent();
  }

  private static boolean isAtRest(Phase phase) {
    return Phases.isOver(phase) || phase == Phase.SUSPENDING || phase == Phase.SUSPENDED;
  }

  /** Also of a job that has none now, for it was suspended: its next Pods are a later attempt's. */
  private static boolean hasHadPods(LitTrainingJobStatus status) {
    return status.startTime() != null || attempt(status) > 1;
  }

  private static boolean hasStepped(LitTrainingJob job) {
    LitTrainingJobStatus status = job.getStatus();
    return heardAt(status).isPresent()
        && (status.progress().step() > 0 || !status.progress().stage().equals(firstStage(job)));
  }

  private static String firstStage(LitTrainingJob job) {
    return job.getSpec().pretrain() == null ? "finetune" : "pretrain";
  }

  private static Optional<Instant> heardAt(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.progress()).map(Progress::lastHeartbeat).map(Tally::time);
  }

  private static Map<String, Integer> byReason(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.restarts()).map(Restarts::byReason).orElse(Map.of());
  }

  private static int attempt(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.attempt()).orElse(1);
  }

  private static int reportedAttempt(LitTrainingJobStatus status) {
    return Optional.ofNullable(status.coordinator()).map(Coordinator::attempt).orElse(0);
  }

  private static Instant created(LitTrainingJob job) {
    return time(job.getMetadata().getCreationTimestamp());
  }

  private static Instant time(String text) {
    return Instant.parse(text);
  }

  private static Duration between(Instant from, Instant to) {
    return to.isAfter(from) ? Duration.between(from, to) : Duration.ZERO;
  }
}
