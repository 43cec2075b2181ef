package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.status.RestartReason;
import io.litoperator.operator.status.Times;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Why a Pod or rank was lost.
 *
 * @param failure as the status tells it
 * @param names by which a rule may mean it: reasons, and the exit code as text
 * @param isDisruption whether the cluster took the Pod away, through no fault of the job
 */
record Cause(LastFailure failure, Set<String> names, boolean isDisruption) {
  /** Conditions by which the cluster says that it takes a Pod away: Kubernetes', then Kueue's. */
  private static final List<String> TAKEN_AWAY = List.of("DisruptionTarget", "TerminationTarget");

  /** Reasons of the condition DisruptionTarget, in this operator's words. */
  private static final Map<String, RestartReason> DISRUPTIONS =
      Map.of(
          "PreemptionByScheduler", RestartReason.PREEMPTED,
          "DeletionByTaintManager", RestartReason.NODE_LOST,
          "DeletionByPodGC", RestartReason.NODE_LOST,
          "EvictionByEvictionAPI", RestartReason.EVICTED,
          "TerminationByKubelet", RestartReason.EVICTED);

  /** What exit codes mean when the worker has left no message. */
  private static final Map<Integer, RestartReason> EXIT_CODES =
      Map.of(
          71, RestartReason.ACCELERATOR_FAULT,
          74, RestartReason.STORAGE_FAULT,
          75, RestartReason.INTERRUPTED,
          76, RestartReason.PEER_LOST,
          77, RestartReason.HANG);

  /** A Pod of which nothing is left to ask. */
  static Cause gone(String pod, Instant now) {
    return of(RestartReason.POD_DELETED, "Pod " + pod + " was deleted.", now);
  }

  /** A Pod that was told to end as wished, but not by its coordinator. */
  static Cause interrupted(String pod, Instant now) {
    return of(RestartReason.INTERRUPTED, "Pod " + pod + " was stopped.", now);
  }

  static Cause silent(String pod, String since, Instant now) {
    return of(
        RestartReason.HANG,
        "The coordinator in Pod %s has not reported since %s.".formatted(pod, since),
        now);
  }

  /** A restart within the Pods, as the coordinator tells it. */
  static Cause inPlace(String reason, Optional<LastFailure> told, Instant now) {
    LastFailure untold = failure(reason, "Ranks were restarted in place.", null, null, now);
    LastFailure failure =
        told.filter(last -> reason.equals(last.reason()))
            .map(last -> last.message() == null ? with(untold.message(), last) : last)
            .orElse(untold);
    Set<String> names = new LinkedHashSet<>(Set.of(reason));
    if (failure.exitCode() != null) {
      names.add(failure.exitCode().toString());
    }
    return new Cause(failure, names, false);
  }

  /** A Pod that is being deleted. */
  static Cause deleted(ObservedPod pod, Instant now) {
    Optional<String> disruption = disruption(pod);
    String reason = disruption.orElse(RestartReason.POD_DELETED.word());
    String why = takenAway(pod).map(PodCondition::getMessage).orElse("it was deleted");
    return new Cause(
        failure(reason, "Pod %s ends: %s".formatted(pod.name(), why), null, node(pod), now),
        Set.of(reason),
        disruption.isPresent());
  }

  /** A Pod that has ended without success. */
  static Cause failed(ObservedPod pod, Instant now) {
    if (pod.isOverItsStorageLimit()) {
      return overLimit(pod, now);
    }
    return disruption(pod).isPresent()
        ? ended(pod, now)
        : pod.failedBeforeWorker()
            .map(container -> BeforeWorker.cause(pod, container, now))
            .orElseGet(() -> ended(pod, now));
  }

  /**
   * Whatever its exit code says: it will not save disk the next time. Nor is it meant by a rule on
   * {@code Evicted}, as the kubelet calls it too: that is what nodes do when they run short.
   */
  private static Cause overLimit(ObservedPod pod, Instant now) {
    String reason = RestartReason.STORAGE_LIMIT_EXCEEDED.word();
    String message =
        "The kubelet of node %s evicted Pod %s, which took more disk than its own limits allow: %s"
            .formatted(node(pod), pod.name(), pod.pod().getStatus().getMessage());
    return new Cause(failure(reason, message.strip(), null, node(pod), now), Set.of(reason), false);
  }

  private static Cause ended(ObservedPod pod, Instant now) {
    Optional<ContainerStateTerminated> end = pod.end();
    LastFailure told = Termination.failure(pod);
    Optional<String> disruption = disruption(pod);
    String reason =
        disruption
            .or(() -> Optional.ofNullable(told.reason()))
            .or(() -> end.flatMap(Cause::reason))
            .or(() -> rejection(pod))
            .or(() -> Optional.ofNullable(pod.pod().getStatus().getReason()))
            .orElse(RestartReason.POD_FAILED.word());
    Set<String> names = new LinkedHashSet<>(Set.of(reason));
    end.map(ContainerStateTerminated::getExitCode).map(String::valueOf).ifPresent(names::add);
    end.flatMap(Cause::reason).ifPresent(names::add);
    Optional.ofNullable(pod.pod().getStatus().getReason()).ifPresent(names::add);
    Instant at = end.map(ContainerStateTerminated::getFinishedAt).map(Instant::parse).orElse(now);
    return new Cause(
        complete(told, reason, pod, end, at), names, disruption.isPresent() || pod.isRejected());
  }

  /** Whether the Pod's worker has never run: the next one's will hardly either, so soon after. */
  boolean isBeforeWorker() {
    return RestartReason.POD_REJECTED.is(failure.reason())
        || RestartReason.INIT_CONTAINER_FAILED.is(failure.reason());
  }

  /** Whether the Pod ended as it was told to. */
  boolean isInterruption() {
    return RestartReason.INTERRUPTED.is(failure.reason());
  }

  /** Whether it may only be the consequence of another Pod's end. */
  boolean isSecondary() {
    return isInterruption() || RestartReason.PEER_LOST.is(failure.reason());
  }

  private static Optional<String> rejection(ObservedPod pod) {
    return pod.isRejected() ? Optional.of(RestartReason.POD_REJECTED.word()) : Optional.empty();
  }

  private static Optional<String> disruption(ObservedPod pod) {
    return takenAway(pod)
        .map(
            condition ->
                "TerminationTarget".equals(condition.getType())
                    ? RestartReason.PREEMPTED
                    : DISRUPTIONS.getOrDefault(condition.getReason(), RestartReason.EVICTED))
        .map(RestartReason::word);
  }

  private static Optional<PodCondition> takenAway(ObservedPod pod) {
    return TAKEN_AWAY.stream()
        .flatMap(type -> pod.condition(type).stream())
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst();
  }

  private static Optional<String> reason(ContainerStateTerminated end) {
    return isOutOfMemory(end)
        ? Optional.of(RestartReason.OOM_KILLED.word())
        : Optional.ofNullable(EXIT_CODES.get(end.getExitCode())).map(RestartReason::word);
  }

  /** The kubelet's word, which is ours too. */
  static boolean isOutOfMemory(ContainerStateTerminated end) {
    return RestartReason.OOM_KILLED.is(end.getReason());
  }

  private static String message(ObservedPod pod, Optional<ContainerStateTerminated> end) {
    if (end.isEmpty()) {
      String said = pod.pod().getStatus().getMessage();
      if (pod.isRejected()) {
        return "The kubelet of node %s rejected Pod %s as %s%s"
            .formatted(
                node(pod),
                pod.name(),
                pod.pod().getStatus().getReason(),
                said == null ? "." : ": " + said);
      }
      return "Pod %s failed%s".formatted(pod.name(), said == null ? "." : ": " + said);
    }
    int code = end.get().getExitCode();
    if (isOutOfMemory(end.get())) {
      return "The worker of Pod %s was killed for using more memory than its limit."
          .formatted(pod.name());
    }
    return code > 128
        ? "The worker of Pod %s was ended by signal %d.".formatted(pod.name(), code - 128)
        : "The worker of Pod %s exited with code %d.".formatted(pod.name(), code);
  }

  /** What the worker could not know or left out. */
  private static LastFailure complete(
      LastFailure told,
      String reason,
      ObservedPod pod,
      Optional<ContainerStateTerminated> end,
      Instant at) {
    return new LastFailure(
        reason,
        told.message() == null ? message(pod, end) : told.message(),
        told.exitCode() == null
            ? end.map(ContainerStateTerminated::getExitCode).orElse(null)
            : told.exitCode(),
        told.rank(),
        told.node() == null ? node(pod) : told.node(),
        told.evidence(),
        Times.format(at));
  }

  private static LastFailure with(String message, LastFailure told) {
    return new LastFailure(
        told.reason(),
        message,
        told.exitCode(),
        told.rank(),
        told.node(),
        told.evidence(),
        told.at());
  }

  private static Cause of(RestartReason reason, String message, Instant now) {
    return new Cause(
        failure(reason.word(), message, null, null, now), Set.of(reason.word()), false);
  }

  private static LastFailure failure(
      String reason, String message, Integer exitCode, String node, Instant at) {
    return new LastFailure(reason, message, exitCode, null, node, null, Times.format(at));
  }

  private static String node(ObservedPod pod) {
    return pod.pod().getSpec().getNodeName();
  }
}
