package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.SchedulingSpec;
import io.litoperator.api.v1alpha1.SchedulingSpec.Gang;
import java.util.Map;
import java.util.Optional;

/**
 * A job's Pods as one of Kueue's plain-Pod groups: queued, admitted and preempted together.
 *
 * <p>Kueue puts {@link #FINALIZER} on these Pods and takes it off a lost one only when a Pod of
 * another name has replaced it. Ours come back under the same name, so the operator takes it off
 * itself, as Kueue's own StatefulSet integration does. The group's Workload and its quota stay, and
 * the new Pod is let in as soon as it is made.
 */
public final class Kueue {
  /** What the operator removes from a Pod that is being deleted and whose containers have ended. */
  public static final String FINALIZER = "kueue.x-k8s.io/managed";

  /**
   * Annotation that, with the value {@code false} on any Pod of a group, tells Kueue that failed
   * Pods will not be replaced, so that a job that has failed gives its quota back.
   */
  public static final String RETRIABLE = "kueue.x-k8s.io/retriable-in-group";

  /** Label with the local queue: of Pods, and of a job that names it as all kinds of jobs may. */
  public static final String QUEUE_NAME = "kueue.x-k8s.io/queue-name";

  static final String GROUP_NAME = "kueue.x-k8s.io/pod-group-name";
  static final String TOTAL_COUNT = "kueue.x-k8s.io/pod-group-total-count";
  static final String FAST_ADMISSION = "kueue.x-k8s.io/pod-group-fast-admission";

  /**
   * Annotation: what Kueue takes a group's Pods for alike by. It would make one of what schedulers
   * look at, and take a Pod that is to avoid a node for a stranger to its group.
   */
  static final String ROLE = "kueue.x-k8s.io/role-hash";

  /** As Kueue's own integrations have it. */
  private static final String WORKERS = "main";

  private Kueue() {}

  /** Whether a scheduling gate is Kueue's: it waits for admission, or for a place in a topology. */
  public static boolean isGate(String name) {
    return name.startsWith("kueue.x-k8s.io/");
  }

  /** The local queue of Kueue's in which a job waits, by its spec or its label. */
  public static Optional<String> queue(LitTrainingJob job) {
    return isLeftOut(job) ? Optional.empty() : named(job).or(() -> labelled(job));
  }

  /** Whether the job's queue is Volcano's. */
  public static boolean isLeftOut(LitTrainingJob job) {
    return scheduling(job).filter(given -> given.gang() == Gang.VOLCANO).isPresent();
  }

  /** The queue that a job's spec names. */
  public static Optional<String> named(LitTrainingJob job) {
    return scheduling(job).map(SchedulingSpec::queueName);
  }

  /** The queue that a job's label names. */
  public static Optional<String> labelled(LitTrainingJob job) {
    return label(job.getMetadata().getLabels());
  }

  private static Optional<SchedulingSpec> scheduling(LitTrainingJob job) {
    return Optional.ofNullable(job.getSpec().scheduling());
  }

  /** The local queue of a Pod that the operator has made. */
  static Optional<String> queue(Pod pod) {
    return label(pod.getMetadata().getLabels());
  }

  private static Optional<String> label(Map<String, String> labels) {
    return Optional.ofNullable(labels).map(all -> all.get(QUEUE_NAME));
  }

  static Map<String, String> labels(String queue, String group) {
    return Map.of(QUEUE_NAME, queue, GROUP_NAME, group);
  }

  /** The role of a Pod in its group, which an older operator may have left to Kueue. */
  static Optional<String> role(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getAnnotations()).map(all -> all.get(ROLE));
  }

  /**
   * The Pods are alike, so that the first that Kueue sees tells it what all of them need.
   *
   * @param role of the Pods that are there; empty if there are none
   */
  static Map<String, String> annotations(int pods, Optional<String> role) {
    return Map.of(
        TOTAL_COUNT, Integer.toString(pods), FAST_ADMISSION, "true", ROLE, role.orElse(WORKERS));
  }
}
