package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.snapshot.ObservedPod;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Kueue, and what collects garbage, as far as the planner of one job can tell. */
final class SimulatedKueue {
  private static final String TOTAL_COUNT = "kueue.x-k8s.io/pod-group-total-count";

  private final SimulatedPods pods;
  private final String jobUid;
  private Optional<Workload> workload = Optional.empty();
  private boolean hasQuota = true;
  private int versions;

  /** The Workload of the group, by the uids of who owns it. */
  private record Workload(
      int version,
      int pods,
      Set<String> owners,
      boolean terminating,
      boolean admitted,
      int reclaimed,
      boolean finished) {
    Workload ownedBy(Set<String> all) {
      return new Workload(version, pods, all, terminating, admitted, reclaimed, finished);
    }

    Workload deleted() {
      return new Workload(version, pods, owners, true, admitted, reclaimed, finished);
    }

    Workload evicted() {
      return new Workload(version, pods, owners, false, false, reclaimed, false);
    }

    Workload numbered(int version) {
      return new Workload(version, pods, owners, terminating, admitted, reclaimed, finished);
    }
  }

  SimulatedKueue(SimulatedPods pods, String jobUid) {
    this.pods = pods;
    this.jobUid = jobUid;
  }

  // What the operator sees and does.

  Optional<GenericKubernetesResource> workload() {
    return workload.map(SimulatedKueue::asResource);
  }

  private static GenericKubernetesResource asResource(Workload workload) {
    GenericKubernetesResource resource = new GenericKubernetesResource();
    resource.setMetadata(
        new ObjectMetaBuilder()
            .withName("job")
            .withResourceVersion(String.valueOf(workload.version()))
            .withDeletionTimestamp(workload.terminating() ? "2026-01-01T00:00:00Z" : null)
            .withOwnerReferences(owners(workload))
            .build());
    resource.setAdditionalProperty("spec", Map.of("podSets", sets(workload.pods())));
    resource.setAdditionalProperty(
        "status",
        Map.of(
            "conditions",
            List.of(
                Map.of(
                    "type", "Admitted", "status", word(workload.admitted()), "message", "no quota"),
                Map.of("type", "Finished", "status", word(workload.finished()))),
            "reclaimablePods",
            sets(workload.reclaimed())));
    return resource;
  }

  private static List<Map<String, ?>> sets(int count) {
    return List.of(Map.of("name", "main", "count", count));
  }

  private static String word(boolean is) {
    return is ? "True" : "False";
  }

  private static List<OwnerReference> owners(Workload workload) {
    return workload.owners().stream()
        .map(uid -> new OwnerReferenceBuilder().withUid(uid).build())
        .toList();
  }

  void own(LitTrainingJob job, GenericKubernetesResource seen) {
    Workload there = requireNewest(seen);
    set(there.ownedBy(with(there.owners(), Stream.of(job.getMetadata().getUid()))));
  }

  void delete(GenericKubernetesResource seen) {
    set(requireNewest(seen).deleted());
  }

  private Workload requireNewest(GenericKubernetesResource seen) {
    return workload
        .filter(
            there -> seen.getMetadata().getResourceVersion().equals(String.valueOf(there.version)))
        .orElseThrow(SimulatedCluster.ConflictException::new);
  }

  // What happens.

  void setQuota(boolean has) {
    hasQuota = has;
  }

  /** Another workload takes the quota. Returns how many Pods are told to end. */
  int preempt() {
    if (workload.filter(there -> there.admitted() && !there.terminating()).isEmpty()) {
      return 0;
    }
    hasQuota = false;
    set(workload.get().evicted());
    return stop();
  }

  /**
   * Does all that is to be done now. Returns how many Pods are told to end.
   *
   * @throws AssertionError if somebody has taken from running Pods what Kueue holds of them
   */
  int act() {
    collectGarbage();
    if (workload.isEmpty()) {
      return begin();
    }
    if (workload.get().terminating()) {
      workload = Optional.empty();
      if (active().anyMatch(pod -> !pod.isGated())) {
        throw new AssertionError("running Pods lose their Workload");
      }
      return stop();
    }
    look(workload.get());
    return 0;
  }

  /** Whether quota is kept from others. */
  boolean holdsQuota() {
    return workload.filter(there -> !there.terminating() && !there.finished()).isPresent();
  }

  private void collectGarbage() {
    Set<String> alive = pods.observed().stream().map(ObservedPod::uid).collect(Collectors.toSet());
    workload
        .filter(there -> !there.owners().contains(jobUid))
        .filter(there -> there.owners().stream().noneMatch(alive::contains))
        .ifPresent(there -> set(there.deleted()));
  }

  /** The first Pod tells what all need; those that run without a Workload may not. */
  private int begin() {
    List<ObservedPod> active = active().toList();
    if (active.stream().anyMatch(pod -> !pod.isGated())) {
      return stop();
    }
    active.stream()
        .findFirst()
        .ifPresent(first -> set(new Workload(0, total(first), Set.of(), false, false, 0, false)));
    workload.ifPresent(this::look);
    return 0;
  }

  private void look(Workload there) {
    List<ObservedPod> held = held().toList();
    Set<String> owners = with(there.owners(), held.stream().map(ObservedPod::uid));
    int succeeded = (int) held.stream().filter(ObservedPod::isSucceeded).count();
    boolean finished =
        there.finished()
            || succeeded == there.pods()
            || !held.isEmpty()
                && held.stream().allMatch(ObservedPod::isEnded)
                && held.stream().anyMatch(pod -> pod.hasAnnotation(Kueue.RETRIABLE));
    boolean admitted = !finished && (there.admitted() || hasQuota);
    Workload next =
        new Workload(
            there.version(),
            there.pods(),
            owners,
            false,
            admitted,
            Math.max(there.reclaimed(), succeeded),
            finished);
    if (!next.equals(there)) {
      set(next);
    }
    if (finished) {
      held.forEach(pod -> pods.release(pod.pod()));
    } else if (admitted) {
      admit(next);
    }
  }

  /** As many as there is quota for that was not given up by those that succeeded. */
  private void admit(Workload there) {
    long running = active().filter(pod -> !pod.isGated()).count();
    active()
        .filter(ObservedPod::isGated)
        .filter(pod -> total(pod) == there.pods())
        .limit(Math.max(0, there.pods() - there.reclaimed() - running))
        .forEach(pod -> pods.ungate(pod.pod()));
  }

  private int stop() {
    List<Pod> stopped = active().map(ObservedPod::pod).toList();
    stopped.forEach(pods::evict);
    return stopped.size();
  }

  private void set(Workload next) {
    workload = Optional.of(next.numbered(++versions));
  }

  private Stream<ObservedPod> held() {
    return pods.observed().stream().filter(ObservedPod::isHeldByKueue);
  }

  private Stream<ObservedPod> active() {
    return held().filter(pod -> !pod.isEnded() && !pod.isTerminating());
  }

  private static int total(ObservedPod pod) {
    return Integer.parseInt(pod.pod().getMetadata().getAnnotations().get(TOTAL_COUNT));
  }

  private static Set<String> with(Set<String> owners, Stream<String> more) {
    return Stream.concat(owners.stream(), more).collect(Collectors.toUnmodifiableSet());
  }
}
