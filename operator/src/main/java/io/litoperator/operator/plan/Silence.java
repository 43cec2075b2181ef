package io.litoperator.operator.plan;

import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Coordination;
import io.litoperator.operator.status.Course;
import io.litoperator.operator.status.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds a coordinator that reports no more. One that sees its ranks hang restarts them itself; this
 * is for when it hangs too, or cannot be reached. The clock stands still outside of training.
 */
final class Silence {
  private static final Set<Activity> HEARD = EnumSet.of(Activity.PRETRAINING, Activity.FINETUNING);

  private Silence() {}

  static Optional<Cause> of(Snapshot snapshot, Course course) {
    return since(snapshot, course)
        .filter(since -> !snapshot.now().isBefore(since.plus(timeout(snapshot))))
        .map(since -> Cause.silent(snapshot.podName(0), Times.format(since), snapshot.now()));
  }

  /** When the silence will have lasted too long; empty while the clock stands still. */
  static Optional<Instant> limit(Snapshot snapshot, Course course) {
    return since(snapshot, course).map(since -> since.plus(timeout(snapshot)));
  }

  /** A Pod that has not been seen to run is not silent, whatever an older one has reported. */
  private static Optional<Instant> since(Snapshot snapshot, Course course) {
    return Coordination.current(snapshot, course.members())
        .filter(coordinator -> HEARD.contains(coordinator.activity()))
        .flatMap(coordinator -> snapshot.pod(0))
        .flatMap(ObservedPod::runningSince)
        .flatMap(
            started ->
                Stream.of(
                        Optional.of(started),
                        Optional.of(snapshot.listeningSince()),
                        snapshot.lastHeard(),
                        heartbeat(snapshot))
                    .flatMap(Optional::stream)
                    .max(Instant::compareTo));
  }

  private static Optional<Instant> heartbeat(Snapshot snapshot) {
    return snapshot
        .status()
        .map(LitTrainingJobStatus::progress)
        .map(Progress::lastHeartbeat)
        .map(Instant::parse);
  }

  /** {@code 30s}, {@code 20m} or {@code 2h}: the schema lets nothing else through. */
  private static Duration timeout(Snapshot snapshot) {
    return Duration.parse("PT" + snapshot.job().getSpec().recovery().hangTimeout());
  }
}
