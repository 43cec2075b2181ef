package io.litoperator.operator.status;

import io.litoperator.operator.snapshot.ObservedInitContainer;
import io.litoperator.operator.snapshot.ObservedPod;
import java.util.Optional;

/** What keeps a worker from starting by a container that starts before it. */
final class InitObstacles {
  private InitObstacles() {}

  /**
   * @param waited what the Pod's worker waits for
   */
  static Optional<Obstacle> of(ObservedPod pod, ObservedInitContainer waited) {
    if (waited.stays() && waited.lastEnd().isPresent()) {
      return Optional.of(crashes(pod, waited));
    }
    return Obstacles.waiting(
        "Init container %s of Pod %s".formatted(waited.name(), pod.name()), waited.waiting());
  }

  /** Also while it runs again, as it is not ready until it is called started. */
  private static Obstacle crashes(ObservedPod pod, ObservedInitContainer waited) {
    return Obstacle.of(
        "CrashLoopBackOff",
        ("Init container %1$s of Pod %2$s exited with code %3$d before the worker could start, and is"
                + " started again; see kubectl logs %2$s -c %1$s --previous.")
            .formatted(waited.name(), pod.name(), waited.lastEnd().orElseThrow().getExitCode()));
  }

  /** If it runs; what prepares data may take its time. */
  static Optional<Obstacle> running(ObservedPod pod, ObservedInitContainer waited) {
    return waited
        .runningSince()
        .map(
            since ->
                Obstacle.of(
                    "Initializing",
                    "Init container %1$s of Pod %2$s runs since %3$s; see kubectl logs %2$s -c %1$s."
                        .formatted(waited.name(), pod.name(), Times.format(since))));
  }
}
