package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.resource.TrustBundle;
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

  private static final String QUEUED = "scheduling: {queueName: q}";

  private final int maxRestarts;
  private final String scheduling;
  private LitTrainingJob wanted;
  private int version = 1;
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Instant listeningSince = now.minusSeconds(3600);
  private Optional<Instant> lastHeard = Optional.empty();
  private LitTrainingJobStatus status;
  private final SimulatedPods pods = new SimulatedPods(() -> now);
  private final SimulatedKueue kueue = new SimulatedKueue(pods, "job-uid");
  private final Map<ObjectKey, String> applied = new HashMap<>();
  private Optional<String> sharedBundle = Optional.empty();
  private final Set<String> secrets = new HashSet<>();
  private final List<Version> history = new ArrayList<>();
  private boolean othersWait;

  /** Faults and wishes that may be withdrawn; each may cause one restart at most. */
  int faults;

  int writes;

  SimulatedCluster(int nodes, int maxRestarts, boolean queued) {
    this.maxRestarts = maxRestarts;
    this.scheduling = queued ? QUEUED : "";
    this.wanted = Jobs.of(nodes, false, maxRestarts, 1, scheduling);
    remember();
  }

  // What the operator sees and does.

  /**
   * @param jobLag how many changes the job's cache is behind
   * @param podLag how many the Pods' cache is behind
   */
  Snapshot snapshot(int jobLag, int podLag) {
    LitTrainingJob job = back(jobLag).job();
    Optional<GenericKubernetesResource> workload = kueue.workload();
    Map<String, Pod> seen =
        new TreeMap<>(workload.isPresent() ? pods.byName() : back(podLag).pods());
    job.told()
        .map(LitTrainingJobStatus::members)
        .ifPresent(members -> members.forEach(member -> confirm(member, seen)));
    return new Snapshot(
        job,
        seen,
        applied,
        sharedBundle,
        "ca",
        workload,
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
    pods.find(name).ifPresent(live -> seen.put(name, live));
  }

  private Version back(int lag) {
    return history.get(Math.max(0, history.size() - 1 - lag));
  }

  void act(Action action) {
    writes++;
    if (action instanceof Action.Apply apply
        && apply.object() instanceof ConfigMap configMap
        && TrustBundle.is(configMap)) {
      sharedBundle = TrustBundle.pem(configMap);
    } else if (action instanceof Action.Apply apply) {
      applied.put(
          ObjectKey.of(apply.object()), hash(apply.object().getMetadata().getAnnotations()));
    } else if (action instanceof Action.CreateSecret create) {
      secrets.add(create.secret().getMetadata().getName());
    } else if (action instanceof Action.CreatePod create) {
      requireSecret(create.pod());
      pods.create(create.pod());
    } else if (action instanceof Action.PatchStatus patch) {
      patch(patch);
    } else if (action instanceof Action.DeletePod delete) {
      pods.delete(delete.pod(), false);
    } else if (action instanceof Action.ForceDeletePod delete) {
      pods.delete(delete.pod(), true);
    } else if (action instanceof Action.ReleasePod release) {
      pods.release(release.pod());
    } else if (action instanceof Action.GiveQuotaBack give) {
      pods.annotate(give.pod(), Kueue.RETRIABLE, "false");
    } else if (action instanceof Action.OwnWorkload own) {
      kueue.own(own.job(), own.workload());
    } else if (action instanceof Action.DeleteWorkload delete) {
      kueue.delete(delete.workload());
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

  /** Nobody makes it any more where there are Pods. */
  private void requireSecret(Pod pod) {
    pod.getSpec().getVolumes().stream()
        .filter(volume -> volume.getProjected() != null)
        .flatMap(volume -> volume.getProjected().getSources().stream())
        .filter(source -> source.getSecret() != null)
        .map(source -> source.getSecret().getName())
        .filter(name -> !secrets.contains(name))
        .forEach(
            name -> {
              throw new AssertionError("a Pod without its Secret " + name);
            });
  }

  private void patch(Action.PatchStatus patch) {
    requireNewest(patch.observed());
    LitTrainingJobStatus next = patch.status();
    status = ReportedStatus.of(next, status == null ? null : status.coordinator(), null);
    version++;
  }

  private void requireNewest(LitTrainingJob observed) {
    if (!observed.getMetadata().getResourceVersion().equals(Integer.toString(version))) {
      throw new ConflictException();
    }
  }

  /** Another operator takes over, which knows only what is written. */
  void replaceOperator() {
    listeningSince = now;
    lastHeard = Optional.empty();
  }

  // What happens to it.

  void startPods() {
    pods.start();
    remember();
  }

  void failPod(int index, int exitCode) {
    happened(pods.fail(index, exitCode));
  }

  void rejectPod(int index) {
    happened(pods.reject(index));
  }

  void deletePod(int index) {
    happened(pods.delete(index));
  }

  void loseNode(int index) {
    happened(pods.loseNode(index));
  }

  private void happened(boolean fault) {
    if (fault) {
      faults++;
      remember();
    }
  }

  /** Kubelets that live end what they were told to end. */
  void settle() {
    pods.settle();
    remember();
  }

  void kueueActs() {
    faults += kueue.act();
    remember();
  }

  void preempt() {
    faults += kueue.preempt();
    remember();
  }

  void setQuota(boolean has) {
    kueue.setQuota(has);
  }

  boolean holdsQuota() {
    return kueue.holdsQuota();
  }

  /** The coordinator reports, if it runs: at work once all Pods do, stopped when so wished. */
  void report(Map<String, Integer> restarts) {
    Pod first = pods.find("job-0").filter(pod -> new ObservedPod(pod).isRunning()).orElse(null);
    if (first == null || status == null) {
      return;
    }
    Member member = status.members().isEmpty() ? null : status.members().get(0);
    if (member == null || !first.getMetadata().getUid().equals(member.podUid())) {
      return;
    }
    lastHeard = Optional.of(now);
    faults += restarts.values().stream().mapToInt(Integer::intValue).sum();
    status =
        ReportedStatus.of(
            status,
            SimulatedCoordinator.next(status, new ObservedPod(first), pods.observed(), restarts),
            null);
    version++;
    remember();
  }

  /** The coordinator restarts ranks in place, then fails, and reports neither. */
  void failUnheard(int restarts) {
    Pod first = pods.find("job-0").filter(pod -> new ObservedPod(pod).isRunning()).orElse(null);
    if (first == null) {
      return;
    }
    String uid = first.getMetadata().getUid();
    Optional<Coordinator> before =
        Optional.ofNullable(status)
            .map(LitTrainingJobStatus::coordinator)
            .filter(told -> told.podUid().equals(uid));
    Map<String, Integer> counts = new TreeMap<>(before.map(Coordinator::restarts).orElse(Map.of()));
    counts.merge("RankFailed", restarts, Integer::sum);
    int attempt = before.map(Coordinator::attempt).orElse(new ObservedPod(first).attempt());
    long sequence = before.map(Coordinator::sequence).orElse(0L) + 1;
    pods.end(first, 70, SimulatedCoordinator.lastWords(attempt + restarts, sequence, counts));
    faults += restarts + 1;
    remember();
  }

  /**
   * Writes what only a termination message tells.
   *
   * @throws ConflictException if something has changed since it was observed
   */
  void hear(LitTrainingJob observed, ProgressStatus heard) {
    writes++;
    requireNewest(observed);
    status = ReportedStatus.of(status, heard.coordinator(), null);
    version++;
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
    wanted =
        Jobs.of(nodes, suspend, maxRestarts, wanted.getMetadata().getGeneration() + 1, scheduling);
    faults++;
    version++;
    remember();
  }

  /** An obedient coordinator stops its gang. */
  void obey() {
    for (Pod pod : pods.byName().values()) {
      boolean misfit = World.of(pod).filter(world -> world.nodes() != nodes()).isPresent();
      if (new ObservedPod(pod).isRunning() && (isSuspended() || misfit)) {
        pods.end(pod, 75, null);
        remember();
      }
    }
  }

  void pass(Duration time) {
    now = now.plus(time);
  }

  private void remember() {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder(wanted.getMetadata())
            .withResourceVersion(Integer.toString(version))
            .build());
    job.setSpec(wanted.getSpec());
    job.setStatus(status == null ? LitTrainingJobStatus.UNSEEN : status);
    history.add(new Version(job, pods.byName()));
  }

  // What a test asks.

  Instant now() {
    return now;
  }

  Optional<LitTrainingJobStatus> status() {
    return Optional.ofNullable(status);
  }

  List<ObservedPod> pods() {
    return pods.observed();
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
