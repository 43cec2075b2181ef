package io.litoperator.operator.metrics;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Restarts;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is remembered of a job from one look to the next. All durations are between times in the
 * status, so that it does not matter how often one looks.
 *
 * @param status as last seen; null if the job had none
 * @param outage that is not over; null without one
 */
record JobWatch(LitTrainingJobStatus status, Goodput goodput, Outage outage) {
  private static final Set<Activity> AT_WORK =
      Set.of(Activity.PRETRAINING, Activity.FINETUNING, Activity.EVALUATING, Activity.DONE);

  /**
   * A failure that the job has not yet recovered from.
   *
   * @param attempt that it ended
   */
  record Outage(String reason, Instant since, int attempt) {}

  /** A look's result. */
  record Look(JobWatch watch, List<Happening> happenings) {}

  /** A job seen for the first time: what is in its status already was counted by others. */
  static JobWatch begin(LitTrainingJob job, Instant now) {
    LitTrainingJobStatus status = job.getStatus();
    return new JobWatch(status, status == null ? null : Goodput.begin(status, now), null);
  }

  Look next(LitTrainingJob job, Instant now) {
    LitTrainingJobStatus after = job.getStatus();
    if (after == null) {
      return new Look(this, List.of());
    }
    List<Happening> happenings = new ArrayList<>();
    Instant created = time(job.getMetadata().getCreationTimestamp());
    if (after.startTime() != null && (status == null || status.startTime() == null)) {
      happenings.add(new Happening.PodsMade(between(created, time(after.startTime()))));
    }
    if (hasStepped(after) && !hasStepped(status)) {
      happenings.add(
          new Happening.FirstStep(between(created, time(after.progress().lastHeartbeat()))));
    }
    Outage open = restarts(after, now, happenings).orElse(outage);
    if (open != null && isOver(open, after)) {
      Instant back = time(after.progress().lastHeartbeat());
      happenings.add(new Happening.Recovered(open.reason(), between(open.since(), back)));
      open = null;
    }
    Goodput counted = goodput == null ? Goodput.begin(after, now) : goodput.next(after, now);
    return new Look(new JobWatch(after, counted, open), List.copyOf(happenings));
  }

  /** Adds what grew, and gives the outage that this began, if none was under way. */
  private Optional<Outage> restarts(
      LitTrainingJobStatus after, Instant now, List<Happening> happenings) {
    Map<String, Integer> before = byReason(status);
    Optional<Outage> begun = Optional.empty();
    for (Map.Entry<String, Integer> entry : byReason(after).entrySet()) {
      int times = entry.getValue() - before.getOrDefault(entry.getKey(), 0);
      if (times > 0) {
        happenings.add(new Happening.Restarted(entry.getKey(), times));
        begun = Optional.of(new Outage(entry.getKey(), failedAt(after, now), attempt(status)));
      }
    }
    return outage == null ? begun : Optional.empty();
  }

  private static boolean isOver(Outage outage, LitTrainingJobStatus status) {
    return attempt(status) > outage.attempt()
        && AT_WORK.contains(status.coordinator().activity())
        && status.progress() != null
        && time(status.progress().lastHeartbeat()).isAfter(outage.since());
  }

  private static boolean hasStepped(LitTrainingJobStatus status) {
    return status != null
        && status.progress() != null
        && status.progress().step() > 0
        && status.progress().lastHeartbeat() != null;
  }

  private static Map<String, Integer> byReason(LitTrainingJobStatus status) {
    return Optional.ofNullable(status)
        .map(LitTrainingJobStatus::restarts)
        .map(Restarts::byReason)
        .orElse(Map.of());
  }

  private static int attempt(LitTrainingJobStatus status) {
    return Optional.ofNullable(status)
        .map(LitTrainingJobStatus::coordinator)
        .map(Coordinator::attempt)
        .orElse(0);
  }

  private static Instant failedAt(LitTrainingJobStatus status, Instant now) {
    return status.lastFailure() == null || status.lastFailure().at() == null
        ? now
        : time(status.lastFailure().at());
  }

  private static Instant time(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  private static Duration between(Instant from, Instant to) {
    return to.isAfter(from) ? Duration.between(from, to) : Duration.ZERO;
  }
}
