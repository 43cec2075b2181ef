package io.litoperator.operator.observe;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Member;
import io.litoperator.operator.progress.Heartbeats;
import io.litoperator.operator.resource.AppliedHash;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.snapshot.ObjectKey;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import io.litoperator.operator.status.Phases;
import io.litoperator.operator.status.Slowness;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Takes snapshots. */
public final class Observer {
  private final KubernetesClient client;
  private final JobCaches caches;
  private final PodWarnings warnings;
  private final Heartbeats heartbeats;
  private final Supplier<String> caBundle;
  private final Clock clock;

  /**
   * When the first job was looked at, which is when this replica has begun to lead and takes
   * reports; a standby may have run for days before.
   */
  private final AtomicReference<Instant> listeningSince = new AtomicReference<>();

  public Observer(
      KubernetesClient client,
      JobCaches caches,
      Heartbeats heartbeats,
      Supplier<String> caBundle,
      Clock clock) {
    this.client = client;
    this.caches = caches;
    this.warnings = new PodWarnings(client, clock);
    this.heartbeats = heartbeats;
    this.caBundle = caBundle;
    this.clock = clock;
  }

  /**
   * @param refusal of the last Pod that was to be made
   * @param othersWait as in {@link Snapshot}
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if something that must be read
   *     by name cannot be
   */
  public Snapshot observe(LitTrainingJob job, Optional<Refusal> refusal, boolean othersWait) {
    listeningSince.compareAndSet(null, clock.instant());
    Map<String, Pod> cached = pods(job);
    GangQueue queue = new GangQueue(client, job);
    Optional<GenericKubernetesResource> workload =
        needsWorkload(job, cached) ? queue.workload() : Optional.empty();
    Map<String, Pod> pods = workload.isPresent() ? read(job) : cached;
    Optional<GenericKubernetesResource> podGroup =
        !isOver(job) && isPending(job, pods) ? queue.podGroup() : Optional.empty();
    Snapshot seen =
        new Snapshot(
            job,
            pods,
            applied(job, podGroup),
            caches.bundle(job.getMetadata().getNamespace()),
            caBundle.get(),
            workload,
            podGroup,
            Optional.empty(),
            refusal,
            othersWait,
            listeningSince.get(),
            heartbeats.lastHeard(job.getMetadata().getUid()),
            clock.instant());
    return isOver(job)
        ? seen
        : seen.warned(Slowness.unexplained(seen).flatMap(pod -> warnings.about(job, pod)));
  }

  private static boolean isOver(LitTrainingJob job) {
    return job.told().map(LitTrainingJobStatus::phase).filter(Phases::isOver).isPresent();
  }

  private static boolean isPending(LitTrainingJob job, Map<String, Pod> pods) {
    return pods.size() < job.getSpec().topology().nodes()
        || pods.values().stream().anyMatch(pod -> pod.getSpec().getNodeName() == null);
  }

  /**
   * Whether a plan has use for it: for a job that is over only if Kueue cannot tell by its Pods.
   */
  private static boolean needsWorkload(LitTrainingJob job, Map<String, Pod> pods) {
    return isOver(job)
        ? pods.values().stream().noneMatch(pod -> isOf(job, pod))
        : isPending(job, pods) || pods.values().stream().anyMatch(Observer::isHeldByKueue);
  }

  private static boolean isOf(LitTrainingJob job, Pod pod) {
    return new ObservedPod(pod).isOwnedBy(job.getMetadata().getUid());
  }

  /** Though it is over or about to go. */
  private static boolean isHeldByKueue(Pod pod) {
    ObservedPod observed = new ObservedPod(pod);
    return observed.isHeldByKueue() && (observed.isTerminating() || observed.isEnded());
  }

  private Map<String, Pod> pods(LitTrainingJob job) {
    Map<String, Pod> pods = new LinkedHashMap<>();
    caches.pods(job).forEach(pod -> pods.put(pod.getMetadata().getName(), pod));
    job.told()
        .map(LitTrainingJobStatus::members)
        .ifPresent(members -> members.forEach(member -> confirm(job, member, pods)));
    return pods;
  }

  /** A Pod that is counted on is not lost because the cache has not heard of it. */
  private void confirm(LitTrainingJob job, Member member, Map<String, Pod> pods) {
    String name = JobResources.podName(job.getMetadata().getName(), member.index());
    Pod cached = pods.get(name);
    if (member.podUid() == null
        || (cached != null && cached.getMetadata().getUid().equals(member.podUid()))) {
      return;
    }
    Pod live = client.pods().inNamespace(job.getMetadata().getNamespace()).withName(name).get();
    if (live == null) {
      pods.remove(name);
    } else {
      pods.put(name, live);
    }
  }

  /**
   * The Pods of now, as the Workload is of now: by a cache that has not heard of them it would seem
   * to be of none, and be deleted, with which Kueue ends them.
   */
  private Map<String, Pod> read(LitTrainingJob job) {
    Map<String, Pod> pods = new LinkedHashMap<>();
    client
        .pods()
        .inNamespace(job.getMetadata().getNamespace())
        .withLabel(Labels.JOB, job.getMetadata().getName())
        .list()
        .getItems()
        .forEach(pod -> pods.put(pod.getMetadata().getName(), pod));
    return pods;
  }

  private Map<ObjectKey, String> applied(
      LitTrainingJob job, Optional<GenericKubernetesResource> podGroup) {
    Map<ObjectKey, String> applied = new HashMap<>();
    Stream.concat(caches.objects(job), podGroup.stream())
        .forEach(object -> applied.put(ObjectKey.of(object), AppliedHash.of(object).orElse("")));
    return applied;
  }
}
