package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The Pods of one job, as an API server and kubelets keep them. */
final class SimulatedPods {
  private final Map<String, Pod> pods = new TreeMap<>();
  private final Set<String> deadNodes = new HashSet<>();
  private final Supplier<Instant> clock;
  private int uids;

  SimulatedPods(Supplier<Instant> clock) {
    this.clock = clock;
  }

  /** By name, as they are now. */
  Map<String, Pod> byName() {
    return Map.copyOf(pods);
  }

  Optional<Pod> find(String name) {
    return Optional.ofNullable(pods.get(name));
  }

  List<ObservedPod> observed() {
    return pods.values().stream().map(ObservedPod::new).toList();
  }

  /**
   * @throws SimulatedCluster.ConflictException if there is one of its name
   */
  void create(Pod pod) {
    if (pods.containsKey(pod.getMetadata().getName())) {
      throw new SimulatedCluster.ConflictException();
    }
    pods.put(
        pod.getMetadata().getName(),
        new PodBuilder(pod)
            .editMetadata()
            .withUid("pod-" + ++uids)
            .withCreationTimestamp(clock.get().toString())
            .endMetadata()
            .withNewStatus()
            .withPhase("Pending")
            .endStatus()
            .build());
    if (pod.getMetadata().getLabels().containsKey(Kueue.QUEUE_NAME)) {
      hold(pods.get(pod.getMetadata().getName()));
    }
  }

  /** As Kueue's webhook does. */
  private void hold(Pod pod) {
    put(
        new PodBuilder(pod)
            .editMetadata()
            .withFinalizers(Kueue.FINALIZER)
            .endMetadata()
            .editSpec()
            .addNewSchedulingGate()
            .withName("kueue.x-k8s.io/admission")
            .endSchedulingGate()
            .endSpec());
  }

  void ungate(Pod pod) {
    put(new PodBuilder(pod).editSpec().withSchedulingGates().endSpec());
  }

  /** Kueue tells it to end. */
  void evict(Pod pod) {
    terminate(
        new PodBuilder(pod)
            .editStatus()
            .addNewCondition()
            .withType("TerminationTarget")
            .withStatus("True")
            .withMessage("Preempted")
            .endCondition()
            .endStatus()
            .build());
  }

  /** Takes Kueue's finalizer off. */
  void release(Pod seen) {
    live(seen)
        .map(pod -> new PodBuilder(pod).editMetadata().withFinalizers().endMetadata().build())
        .ifPresent(
            pod -> {
              pods.put(pod.getMetadata().getName(), pod);
              ObservedPod observed = new ObservedPod(pod);
              if (observed.isTerminating() && (observed.isEnded() || !observed.isScheduled())) {
                pods.remove(observed.name());
              }
            });
  }

  void annotate(Pod seen, String annotation, String value) {
    live(seen)
        .ifPresent(
            pod ->
                put(
                    new PodBuilder(pod)
                        .editMetadata()
                        .addToAnnotations(annotation, value)
                        .endMetadata()));
  }

  /** The same one as it is now. */
  private Optional<Pod> live(Pod seen) {
    return find(seen.getMetadata().getName())
        .filter(pod -> pod.getMetadata().getUid().equals(seen.getMetadata().getUid()));
  }

  private void put(PodBuilder pod) {
    Pod built = pod.build();
    pods.put(built.getMetadata().getName(), built);
  }

  void start() {
    pods.replaceAll(
        (name, pod) ->
            new ObservedPod(pod).isTerminating()
                    || new ObservedPod(pod).isGated()
                    || !"Pending".equals(pod.getStatus().getPhase())
                ? pod
                : Kubelet.runs(
                        new PodBuilder(pod).editSpec().withNodeName("node-of-" + name).endSpec(),
                        clock.get())
                    .build());
  }

  void delete(Pod seen, boolean force) {
    Optional<Pod> live = live(seen);
    if (live.isEmpty()) {
      return;
    }
    Pod pod = live.get();
    ObservedPod observed = new ObservedPod(pod);
    if (force) {
      assertThat(observed.mustBeGoneAt()).as("is being deleted").isPresent();
      if (!deadNodes.contains(observed.uid())) {
        assertThat(clock.get()).isAfterOrEqualTo(observed.mustBeGoneAt().get().plusSeconds(30));
      }
      assertThat(observed.isHeldByKueue()).as("a finalizer outlasts force").isFalse();
      pods.remove(pod.getMetadata().getName());
    } else if (!observed.isTerminating()) {
      terminate(pod);
    }
  }

  /** Whether it ran, so that it can have failed. */
  boolean fail(int index, int exitCode) {
    Optional<Pod> running = find("job-" + index).filter(pod -> new ObservedPod(pod).isRunning());
    running.ifPresent(pod -> end(pod, exitCode, null));
    return running.isPresent();
  }

  /** Its kubelet will not start it, if it has not. */
  boolean reject(int index) {
    Optional<Pod> fresh = kept(index).filter(pod -> "Pending".equals(pod.getStatus().getPhase()));
    fresh.ifPresent(
        pod ->
            pods.put(
                pod.getMetadata().getName(),
                Kubelet.rejects(new PodBuilder(pod), "UnexpectedAdmissionError").build()));
    return fresh.isPresent();
  }

  /** Somebody deletes it, if nobody has. */
  boolean delete(int index) {
    Optional<Pod> kept = kept(index);
    kept.ifPresent(this::terminate);
    return kept.isPresent();
  }

  /** Its node is lost, with its containers running, and what looks after nodes deletes it. */
  boolean loseNode(int index) {
    Optional<Pod> kept = kept(index);
    kept.ifPresent(this::loseNode);
    return kept.isPresent();
  }

  private Optional<Pod> kept(int index) {
    return find("job-" + index).filter(pod -> !new ObservedPod(pod).isTerminating());
  }

  private void loseNode(Pod pod) {
    deadNodes.add(pod.getMetadata().getUid());
    terminate(
        new PodBuilder(pod)
            .editOrNewStatus()
            .addNewCondition()
            .withType("ContainersReady")
            .withStatus("True")
            .endCondition()
            .addNewCondition()
            .withType("Ready")
            .withStatus("False")
            .withLastTransitionTime(clock.get().minusSeconds(30).toString())
            .endCondition()
            .endStatus()
            .build());
  }

  /** Kubelets that live end what they were told to end. */
  void settle() {
    for (Pod pod : List.copyOf(pods.values())) {
      ObservedPod observed = new ObservedPod(pod);
      if (!observed.isTerminating() || deadNodes.contains(observed.uid())) {
        continue;
      }
      if (!observed.isHeldByKueue()) {
        pods.remove(observed.name());
      } else if (!observed.isEnded() && observed.isScheduled()) {
        end(pod, 75, null);
      }
    }
  }

  /**
   * An API server waits for no kubelet where there is none, or where that has nothing to end; but
   * always for finalizers.
   */
  private void terminate(Pod pod) {
    ObservedPod observed = new ObservedPod(pod);
    boolean atOnce = observed.isEnded() || !observed.isScheduled();
    if (atOnce && !observed.isHeldByKueue()) {
      pods.remove(observed.name());
    } else {
      long grace = atOnce ? 0 : 120;
      put(
          new PodBuilder(pod)
              .editMetadata()
              .withDeletionTimestamp(clock.get().plusSeconds(grace).toString())
              .withDeletionGracePeriodSeconds(grace)
              .endMetadata());
    }
  }

  /**
   * @param message the worker's own
   */
  void end(Pod pod, int exitCode, String message) {
    pods.put(
        pod.getMetadata().getName(),
        Kubelet.ended(new PodBuilder(pod), exitCode, null, message, clock.get()).build());
  }
}
