package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.utils.KubernetesResourceUtil;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.Labels;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A Pod, in the words that decisions about it need. */
public record ObservedPod(Pod pod) {
  /** By how much clocks of a cluster may differ. */
  private static final Duration SKEW = Duration.ofSeconds(5);

  /** What a kubelet says of a Pod that it will not have, before why. */
  private static final String REJECTION = "Pod was rejected: ";

  public String name() {
    return pod.getMetadata().getName();
  }

  public String uid() {
    return pod.getMetadata().getUid();
  }

  /** Node index; -1 if the label is no number. */
  public int index() {
    return label(Labels.NODE_INDEX, -1);
  }

  /** Attempt that the Pod was made for; 0 if the label is no number. */
  public int attempt() {
    return label(Labels.ATTEMPT, 0);
  }

  public boolean isOwnedBy(String jobUid) {
    return pod.hasOwnerReferenceFor(jobUid);
  }

  /** Whether it is of a job that had the name of this one and is deleted. */
  public boolean isOfFormer(LitTrainingJob job) {
    return Optional.ofNullable(KubernetesResourceUtil.getControllerUid(pod))
        .filter(owner -> owner.getKind().equals(job.getKind()))
        .filter(owner -> owner.getName().equals(job.getMetadata().getName()))
        .filter(owner -> !owner.getUid().equals(job.getMetadata().getUid()))
        .isPresent();
  }

  public boolean isSucceeded() {
    return "Succeeded".equals(phase());
  }

  public boolean isFailed() {
    return "Failed".equals(phase());
  }

  public boolean isEnded() {
    return isSucceeded() || isFailed();
  }

  /** Whether its kubelet would not have it: it failed, and no container of it has ever started. */
  public boolean isRejected() {
    return isFailed()
        && pod.getStatus().getReason() != null
        && isWithoutWorker()
        && initContainers().noneMatch(ObservedInitContainer::hasStarted)
        && !isOverItsStorageLimit();
  }

  /**
   * Whether its kubelet ended it for taking more disk than the Pod's own limits allow. One that
   * ends a Pod because the node runs short says so by a condition, and one that will not have it
   * for that by its message. That containers ran a busy kubelet may tell only later.
   */
  public boolean isOverItsStorageLimit() {
    return isFailed()
        && "Evicted".equals(pod.getStatus().getReason())
        && !String.valueOf(pod.getStatus().getMessage()).startsWith(REJECTION)
        && !isTrue("DisruptionTarget");
  }

  public boolean isRunning() {
    return "Running".equals(phase()) && !isTerminating();
  }

  public boolean isScheduled() {
    return pod.getSpec().getNodeName() != null;
  }

  /** Whether someone, such as a queue, keeps it from the scheduler. */
  public boolean isGated() {
    return !pod.getSpec().getSchedulingGates().isEmpty();
  }

  public boolean isTerminating() {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  /** Whether it has Kueue's finalizer. */
  public boolean isHeldByKueue() {
    return pod.getMetadata().getFinalizers().contains(Kueue.FINALIZER);
  }

  /** Whether it is being deleted, and will not go before Kueue's finalizer is taken off. */
  public boolean isKeptByKueue() {
    return isTerminating() && isHeldByKueue();
  }

  /** Whether Kueue's finalizer alone keeps it, as no kubelet has anything to end. */
  public boolean isKeptByKueueAlone() {
    return isKeptByKueue() && (isEnded() || !isScheduled());
  }

  public boolean hasAnnotation(String annotation) {
    Map<String, String> annotations = pod.getMetadata().getAnnotations();
    return annotations != null && annotations.containsKey(annotation);
  }

  /** When the Pod's grace ends; it has been told to end before that. */
  public Optional<Instant> mustBeGoneAt() {
    return Optional.ofNullable(pod.getMetadata().getDeletionTimestamp()).map(Instant::parse);
  }

  /**
   * Whether its kubelet had fallen silent before the Pod was told to end, so that none will confirm
   * that it did. A kubelet calls a Pod whose containers are ready, ready, unless it says that a
   * readiness gate is not: one that is not is called so by the control plane, in the place of its
   * kubelet.
   */
  public boolean isCutOff() {
    Optional<Instant> silent =
        condition("Ready")
            .filter(ready -> "False".equals(ready.getStatus()))
            .filter(ready -> isTrue("ContainersReady"))
            .filter(ready -> !"ReadinessGatesNotReady".equals(ready.getReason()))
            .map(PodCondition::getLastTransitionTime)
            .map(Instant::parse);
    Optional<Instant> told = toldToEndAt();
    return silent.isPresent() && told.isPresent() && silent.get().plus(SKEW).isBefore(told.get());
  }

  private boolean isTrue(String condition) {
    return condition(condition).filter(found -> "True".equals(found.getStatus())).isPresent();
  }

  private Optional<Instant> toldToEndAt() {
    Long grace = pod.getMetadata().getDeletionGracePeriodSeconds();
    return grace == null ? Optional.empty() : mustBeGoneAt().map(at -> at.minusSeconds(grace));
  }

  public Instant createdAt() {
    return Optional.ofNullable(pod.getMetadata().getCreationTimestamp())
        .map(Instant::parse)
        .orElse(Instant.EPOCH);
  }

  /** When the worker last started; empty while it does not run. */
  public Optional<Instant> runningSince() {
    return container()
        .map(status -> status.getState())
        .map(state -> state.getRunning())
        .map(running -> Instant.parse(running.getStartedAt()));
  }

  /** How the worker ended; empty while it has not. */
  public Optional<ContainerStateTerminated> end() {
    return container().map(status -> status.getState()).map(state -> state.getTerminated());
  }

  /** Whether the worker has never started. */
  public boolean isWithoutWorker() {
    return runningSince().isEmpty() && end().isEmpty();
  }

  /** What the worker waits for; empty once it has started. */
  public Optional<ContainerStateWaiting> waiting() {
    return container().map(status -> status.getState()).map(state -> state.getWaiting());
  }

  /** What the worker waits for now; empty once all that start before it have done so. */
  public Optional<ObservedInitContainer> initializing() {
    return initContainers().filter(container -> !container.isDone()).findFirst();
  }

  /** What has failed, so that the worker was never started. */
  public Optional<ObservedInitContainer> failedBeforeWorker() {
    return isFailed() && isWithoutWorker()
        ? initializing().filter(container -> !container.stays() && container.end().isPresent())
        : Optional.empty();
  }

  /** When the last of those that run before the worker has ended; empty without one. */
  public Optional<Instant> initializedAt() {
    return initContainers()
        .flatMap(container -> container.end().stream())
        .map(end -> Instant.parse(end.getFinishedAt()))
        .max(Comparator.naturalOrder());
  }

  private Stream<ObservedInitContainer> initContainers() {
    if (pod.getStatus() == null) {
      return Stream.empty();
    }
    Map<String, ContainerStatus> statuses =
        pod.getStatus().getInitContainerStatuses().stream()
            .collect(Collectors.toMap(ContainerStatus::getName, status -> status));
    return pod.getSpec().getInitContainers().stream()
        .filter(container -> statuses.containsKey(container.getName()))
        .map(container -> ObservedInitContainer.of(container, statuses.get(container.getName())));
  }

  public Optional<PodCondition> condition(String type) {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst();
  }

  private Optional<ContainerStatus> container() {
    if (pod.getStatus() == null) {
      return Optional.empty();
    }
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(JobResources.CONTAINER))
        .findFirst();
  }

  private String phase() {
    return pod.getStatus() == null ? null : pod.getStatus().getPhase();
  }

  private int label(String name, int otherwise) {
    String value =
        pod.getMetadata().getLabels() == null ? null : pod.getMetadata().getLabels().get(name);
    return value != null && value.matches("[0-9]{1,9}") ? Integer.parseInt(value) : otherwise;
  }
}
