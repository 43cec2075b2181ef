package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.litoperator.operator.resource.AppliedHash;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.snapshot.ObjectKey;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds which of a job's objects, other than Pods, are missing or not as they should be. */
final class ObjectWork {
  private ObjectWork() {}

  /**
   * None while the API server is given time that has refused some.
   *
   * @param newPods whether Pods are about to be made
   */
  static List<Action> of(Snapshot snapshot, JobResources resources, boolean newPods) {
    if (snapshot.standingRefusal().isPresent()) {
      return List.of();
    }
    List<Action> actions = new ArrayList<>();
    boolean queued = newPods || snapshot.workers().stream().anyMatch(ObjectWork::isToBeScheduled);
    Stream.<HasMetadata>concat(
            Stream.of(
                resources.serviceAccount(),
                resources.service(),
                resources.configMap(),
                resources.networkPolicy()),
            resources.podGroup().filter(group -> queued).stream())
        .filter(desired -> differs(snapshot, desired))
        .forEach(desired -> actions.add(new Action.Apply(desired)));
    secret(snapshot, resources).ifPresent(actions::add);
    return actions;
  }

  /** A gang scheduler must know of its group. */
  private static boolean isToBeScheduled(ObservedPod pod) {
    return !pod.isScheduled() && !pod.isEnded() && !pod.isTerminating();
  }

  private static boolean differs(Snapshot snapshot, HasMetadata desired) {
    return !AppliedHash.of(desired)
        .equals(Optional.ofNullable(snapshot.applied().get(ObjectKey.of(desired))));
  }

  private static Optional<Action> secret(Snapshot snapshot, JobResources resources) {
    Secret desired = resources.secret(snapshot.secret(), snapshot.caBundle());
    if (snapshot.secret().isEmpty()) {
      return Optional.of(new Action.CreateSecret(desired));
    }
    return AppliedHash.of(desired).equals(AppliedHash.of(snapshot.secret().get()))
        ? Optional.empty()
        : Optional.of(new Action.Apply(desired));
  }
}
