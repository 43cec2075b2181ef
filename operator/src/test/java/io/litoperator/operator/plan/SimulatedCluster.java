package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.ObjectKey;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.snapshot.World;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** An API server, kubelets and workers, as far as the planner can tell. */
final class SimulatedCluster {
  static final class ConflictException extends RuntimeException {}

  private record Version(LitTrainingJob job, Map<String, Pod> pods) {}

  private final int maxRestarts;
  private LitTrainingJob wanted;
  private int version = 1;
  private int uids;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Instant listeningSince = now.minusSeconds(3600);
  private Optional<Instant> lastHeard = Optional.empty();
  private LitTrainingJobStatus status;
  private final Map<String, Pod> pods = new TreeMap<>();
  private final Set<String> deadNodes = new HashSet<>();
  private final Map<ObjectKey, String> applied = new HashMap<>();
  private Optional<Secret> secret = Optional.empty();
  private final List<Version> history = new ArrayList<>();
  private boolean othersWait;

  /** Faults and wishes that may be withdrawn; each may cause one restart at most. */
  int faults;

  int writes;

  SimulatedCluster(int nodes, int maxRestarts) {
    this.maxRestarts = maxRestarts;
    this.wanted = Jobs.of(nodes, false, maxRestarts, 1, "");
    remember();
  }

  // What the operator sees and does.

  /**
   * @param jobLag how many changes the job's cache is behind
   * @param podLag how many the Pods' cache is behind
   */
  Snapshot snapshot(int jobLag, int podLag) {
    LitTrainingJob job = back(jobLag).job();
    Map<String, Pod> seen = new TreeMap<>(back(podLag).pods());
    if (job.getStatus() != null && job.getStatus().members() != null) {
      job.getStatus().members().forEach(member -> confirm(member, seen));
    }
    return new Snapshot(
        job,
        List.copyOf(seen.values()),
        applied,
        secret,
        "ca",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        othersWait,
        listeningSince,
        lastHeard,
        now);
  }

  private void confirm(Member member, Map<String, Pod> seen) {
    String name = "job-" + member.index();
    Pod cached = seen.get(name);
    if (member.podUid() == null
        || (cached != null && cached.getMetadata().getUid().equals(member.podUid()))) {
      return;
    }
    seen.remove(name);
    Optional.ofNullable(pods.get(name)).ifPresent(live -> seen.put(name, live));
  }

  private Version back(int lag) {
    return history.get(Math.max(0, history.size() - 1 - lag));
  }

  void act(Action action) {
    writes++;
    if (action instanceof Action.Apply apply) {
      applied.put(
          ObjectKey.of(apply.object()), hash(apply.object().getMetadata().getAnnotations()));
    } else if (action instanceof Action.CreateSecret create) {
      secret = Optional.of(create.secret());
    } else if (action instanceof Action.CreatePod create) {
      create(create.pod());
    } else if (action instanceof Action.PatchStatus patch) {
      patch(patch);
    } else if (action instanceof Action.DeletePod delete) {
      delete(delete.pod(), false);
    } else if (action instanceof Action.ForceDeletePod delete) {
      delete(delete.pod(), true);
    } else if (action instanceof Action.Emit) {
      writes--;
    } else {
      throw new AssertionError("unexpected: " + action);
    }
    remember();
  }

  private static String hash(Map<String, String> annotations) {
    return annotations.get(Labels.APPLIED_HASH);
  }

  private void create(Pod pod) {
    if (pods.containsKey(pod.getMetadata().getName())) {
      throw new ConflictException();
    }
    pods.put(
        pod.getMetadata().getName(),
        new PodBuilder(pod)
            .editMetadata()
            .withUid("pod-" + ++uids)
            .withCreationTimestamp(now.toString())
            .endMetadata()
            .withNewStatus()
            .withPhase("Pending")
            .endStatus()
            .build());
  }

  private void patch(Action.PatchStatus patch) {
    if (!patch.observed().getMetadata().getResourceVersion().equals(Integer.toString(version))) {
      throw new ConflictException();
    }
    LitTrainingJobStatus next = patch.status();
    status = withCoordinator(next, status == null ? null : status.coordinator());
    version++;
  }

  private void delete(Pod seen, boolean force) {
    Pod pod = pods.get(seen.getMetadata().getName());
    if (pod == null || !pod.getMetadata().getUid().equals(seen.getMetadata().getUid())) {
      return;
    }
    ObservedPod observed = new ObservedPod(pod);
    if (force) {
      assertThat(observed.mustBeGoneAt()).as("is being deleted").isPresent();
      if (!deadNodes.contains(observed.uid())) {
        assertThat(now).isAfterOrEqualTo(observed.mustBeGoneAt().get().plusSeconds(30));
      }
      pods.remove(pod.getMetadata().getName());
    } else {
      terminate(pod);
    }
  }

  /** Another operator takes over, which knows only what is written. */
  void replaceOperator() {
    listeningSince = now;
    lastHeard = Optional.empty();
  }

  // What happens to it.

  void startPods() {
    pods.replaceAll(
        (name, pod) ->
            new ObservedPod(pod).isTerminating() || !"Pending".equals(pod.getStatus().getPhase())
                ? pod
                : new PodBuilder(pod)
                    .editSpec()
                    .withNodeName("node-of-" + name)
                    .endSpec()
                    .withNewStatus()
                    .withPhase("Running")
                    .addNewContainerStatus()
                    .withName("worker")
                    .withState(new ContainerStateBuilder().withNewRunning(now.toString()).build())
                    .endContainerStatus()
                    .endStatus()
                    .build());
    remember();
  }

  /** The coordinator reports, if it runs: at work once all Pods do, stopped when so wished. */
  void report(Map<String, Integer> restarts) {
    Pod first = pods.get("job-0");
    if (first == null || status == null || !new ObservedPod(first).isRunning()) {
      return;
    }
    Member member = status.members().isEmpty() ? null : status.members().get(0);
    if (member == null || !first.getMetadata().getUid().equals(member.podUid())) {
      return;
    }
    lastHeard = Optional.of(now);
    long running = pods.values().stream().filter(pod -> new ObservedPod(pod).isRunning()).count();
    int attempt =
        pods.values().stream().mapToInt(pod -> new ObservedPod(pod).attempt()).max().orElse(1);
    Coordinator before = status.coordinator();
    boolean same = before != null && before.podUid().equals(first.getMetadata().getUid());
    if (same) {
      attempt = Math.max(attempt, before.attempt());
    }
    Map<String, Integer> counts = new TreeMap<>();
    if (same && before.restarts() != null) {
      counts.putAll(before.restarts());
    }
    for (Map.Entry<String, Integer> more : restarts.entrySet()) {
      counts.merge(more.getKey(), more.getValue(), Integer::sum);
      attempt += more.getValue();
      faults += more.getValue();
    }
    status =
        withCoordinator(
            status,
            new Coordinator(
                first.getMetadata().getUid(),
                attempt,
                same ? before.sequence() + 1 : 1L,
                running >= status.members().size() ? Activity.FINETUNING : Activity.WAITING,
                (int) running,
                counts,
                null));
    version++;
    remember();
  }

  void failPod(int index, int exitCode) {
    Pod pod = pods.get("job-" + index);
    if (pod == null || !new ObservedPod(pod).isRunning()) {
      return;
    }
    faults++;
    end(pod, exitCode);
  }

  void deletePod(int index) {
    Pod pod = pods.get("job-" + index);
    if (pod == null || new ObservedPod(pod).isTerminating()) {
      return;
    }
    faults++;
    terminate(pod);
    remember();
  }

  void killNode(int index) {
    Pod pod = pods.get("job-" + index);
    if (pod == null || new ObservedPod(pod).isTerminating()) {
      return;
    }
    faults++;
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
            .withLastTransitionTime(now.minusSeconds(30).toString())
            .endCondition()
            .endStatus()
            .build());
    remember();
  }

  void setSuspend(boolean suspend) {
    if (isSuspended() != suspend) {
      want(nodes(), suspend);
    }
  }

  void setOthersWait(boolean wait) {
    othersWait = wait;
  }

  void setNodes(int nodes) {
    if (nodes() != nodes) {
      want(nodes, isSuspended());
    }
  }

  private void want(int nodes, boolean suspend) {
    wanted = Jobs.of(nodes, suspend, maxRestarts, wanted.getMetadata().getGeneration() + 1, "");
    faults++;
    version++;
    remember();
  }

  /** Kubelets that live end what they were told to end; an obedient coordinator stops its gang. */
  void settle() {
    for (Pod pod : List.copyOf(pods.values())) {
      ObservedPod observed = new ObservedPod(pod);
      if (observed.isTerminating() && !deadNodes.contains(observed.uid())) {
        pods.remove(observed.name());
      }
    }
    remember();
  }

  void obey() {
    for (Pod pod : List.copyOf(pods.values())) {
      boolean misfit = World.of(pod).filter(world -> world.nodes() != nodes()).isPresent();
      if (new ObservedPod(pod).isRunning() && (isSuspended() || misfit)) {
        end(pod, 75);
      }
    }
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  /** An API server waits for no kubelet where there is none, or where that has nothing to end. */
  private void terminate(Pod pod) {
    ObservedPod observed = new ObservedPod(pod);
    if (observed.isEnded() || !observed.isScheduled()) {
      pods.remove(observed.name());
    } else {
      pods.put(
          observed.name(),
          new PodBuilder(pod)
              .editMetadata()
              .withDeletionTimestamp(now.plusSeconds(120).toString())
              .withDeletionGracePeriodSeconds(120L)
              .endMetadata()
              .build());
    }
    remember();
  }

  private void end(Pod pod, int exitCode) {
    pods.put(
        pod.getMetadata().getName(),
        new PodBuilder(pod)
            .withNewStatus()
            .withPhase(exitCode == 0 ? "Succeeded" : "Failed")
            .addNewContainerStatus()
            .withName("worker")
            .withState(
                new ContainerStateBuilder()
                    .withNewTerminated()
                    .withExitCode(exitCode)
                    .withFinishedAt(now.toString())
                    .endTerminated()
                    .build())
            .endContainerStatus()
            .endStatus()
            .build());
    remember();
  }

  private void remember() {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder(wanted.getMetadata())
            .withResourceVersion(Integer.toString(version))
            .build());
    job.setSpec(wanted.getSpec());
    job.setStatus(status);
    history.add(new Version(job, Map.copyOf(pods)));
  }

  /** A status as the reconciler wrote it, with what an endpoint would have added. */
  static LitTrainingJobStatus withCoordinator(LitTrainingJobStatus of, Coordinator coordinator) {
    return new LitTrainingJobStatus(
        of.observedGeneration(),
        of.phase(),
        of.conditions(),
        of.startTime(),
        of.completionTime(),
        of.pending(),
        of.workers(),
        null,
        null,
        null,
        null,
        null,
        of.restarts(),
        of.lastFailure(),
        of.attempt(),
        of.members(),
        coordinator);
  }

  // What a test asks.

  Optional<LitTrainingJobStatus> status() {
    return Optional.ofNullable(status);
  }

  List<ObservedPod> pods() {
    return pods.values().stream().map(ObservedPod::new).toList();
  }

  List<ObservedPod> livePods() {
    return pods().stream().filter(pod -> !pod.isEnded()).toList();
  }

  boolean isSuspended() {
    return wanted.getSpec().suspend();
  }

  int nodes() {
    return wanted.getSpec().topology().nodes();
  }
}
