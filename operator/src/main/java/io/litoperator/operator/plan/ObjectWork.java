package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.resource.AppliedHash;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.TrustBundle;
import io.litoperator.operator.snapshot.ObjectKey;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds which of a job's objects, other than Pods, are missing or not as they should be. Whether
 * the Secret is there only kubelets tell: it is made before Pods are that need it, and when a Pod
 * waits for it.
 */
final class ObjectWork {
  private ObjectWork() {}

  /**
   * None while the API server is given time that has refused some.
   *
   * @param newPods that are about to be made
   */
  static List<Action> of(
      Snapshot snapshot, JobResources resources, List<Action.CreatePod> newPods) {
    if (snapshot.standingRefusal().isPresent()) {
      return List.of();
    }
    List<Action> actions = new ArrayList<>();
    boolean queued =
        !newPods.isEmpty() || snapshot.workers().stream().anyMatch(ObjectWork::isToBeScheduled);
    Stream.<HasMetadata>concat(
            Stream.of(
                resources.serviceAccount(),
                resources.service(),
                resources.configMap(),
                resources.networkPolicy()),
            resources.podGroup().filter(group -> queued).stream())
        .filter(desired -> differs(snapshot, desired))
        .forEach(desired -> actions.add(new Action.Apply(desired)));
    if (!snapshot.sharedBundle().equals(Optional.of(snapshot.caBundle()))) {
      actions.add(
          new Action.Apply(
              TrustBundle.of(snapshot.job().getMetadata().getNamespace(), snapshot.caBundle())));
    }
    if (newPods.stream().anyMatch(create -> resources.usesSecret(create.pod()))) {
      actions.add(new Action.CreateSecret(resources.secret(), wasThere(snapshot, resources)));
    } else if (snapshot.warning().filter(it -> resources.missesSecret(it.note())).isPresent()) {
      actions.add(new Action.CreateSecret(resources.secret(), false));
    }
    return actions;
  }

  /** None of its Pods is made, and no coordinator reports, without it. */
  private static boolean wasThere(Snapshot snapshot, JobResources resources) {
    return snapshot.workers().stream().anyMatch(pod -> resources.usesSecret(pod.pod()))
        || snapshot.status().map(LitTrainingJobStatus::coordinator).isPresent();
  }

  /** A gang scheduler must know of its group. */
  private static boolean isToBeScheduled(ObservedPod pod) {
    return !pod.isScheduled() && !pod.isEnded() && !pod.isTerminating();
  }

  private static boolean differs(Snapshot snapshot, HasMetadata desired) {
    return !AppliedHash.of(desired)
        .equals(Optional.ofNullable(snapshot.applied().get(ObjectKey.of(desired))));
  }
}
