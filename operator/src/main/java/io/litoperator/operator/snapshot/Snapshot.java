package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.resource.JobResources;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One job and all that belongs to it. The job and the Pods may lag behind the API server by some
 * writes, with one exception: a Pod that the status counts on is absent here only if the API server
 * itself said so.
 *
 * @param job with its status, as it was read
 * @param pods by name, that bear the job's label, of whatever attempt; among them may be Pods of a
 *     deleted job of the same name
 * @param applied hash of what was last applied, of every other object that exists
 * @param sharedBundle what the jobs' Pods of this namespace are given to trust the operator by,
 *     PEM; empty if there is none
 * @param caBundle what they must be given
 * @param workload Kueue's; empty without Kueue or before it made one
 * @param podGroup of the gang scheduler; empty without one
 * @param warning the newest about the Pod that has waited long for its container; empty without one
 * @param refusal why the API server last refused to make a Pod or what it needs; empty once it did
 *     not
 * @param othersWait whether there are jobs that nobody has looked at, so that they have no Pods yet
 * @param listeningSince since when this operator takes reports; silence before is no one's fault
 * @param lastHeard when this operator last took a report of the job, which the status may not tell
 *     of yet; empty if it never has
 * @param now when all this was seen
 */
public record Snapshot(
    LitTrainingJob job,
    Map<String, Pod> pods,
    Map<ObjectKey, String> applied,
    Optional<String> sharedBundle,
    String caBundle,
    Optional<GenericKubernetesResource> workload,
    Optional<GenericKubernetesResource> podGroup,
    Optional<PodWarning> warning,
    Optional<Refusal> refusal,
    boolean othersWait,
    Instant listeningSince,
    Optional<Instant> lastHeard,
    Instant now) {

  public Snapshot {
    pods = Collections.unmodifiableMap(new LinkedHashMap<>(pods));
    applied = Map.copyOf(applied);
  }

  /** The recorded status; empty before the first was written. */
  public Optional<LitTrainingJobStatus> status() {
    return job.told();
  }

  /** All Pods of this very job, in no particular order. */
  public List<ObservedPod> workers() {
    return pods.values().stream()
        .map(ObservedPod::new)
        .filter(pod -> pod.isOwnedBy(job.getMetadata().getUid()))
        .toList();
  }

  /** Those of them that have not ended and are not about to, by index. */
  public List<ObservedPod> lasting() {
    return workers().stream()
        .filter(pod -> !pod.isEnded() && !pod.isTerminating())
        .sorted(Comparator.comparingInt(ObservedPod::index))
        .toList();
  }

  /** The same, with what is told of a Pod. */
  public Snapshot warned(Optional<PodWarning> told) {
    return new Snapshot(
        job,
        pods,
        applied,
        sharedBundle,
        caBundle,
        workload,
        podGroup,
        told,
        refusal,
        othersWait,
        listeningSince,
        lastHeard,
        now);
  }

  /** The refusal, while it is too early to ask again. */
  public Optional<Refusal> standingRefusal() {
    return refusal.filter(refused -> now.isBefore(refused.retryAt()));
  }

  public String podName(int index) {
    return JobResources.podName(job.getMetadata().getName(), index);
  }

  /** The Pod of a node index; it may belong to an older job of the same name. */
  public Optional<ObservedPod> pod(int index) {
    return Optional.ofNullable(pods.get(podName(index))).map(ObservedPod::new);
  }
}
