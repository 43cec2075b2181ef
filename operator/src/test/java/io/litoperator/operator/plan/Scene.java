package io.litoperator.operator.plan;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.job.Problem;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Coordinator;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.Progress;
import io.litoperator.operator.progress.LastReport;
import io.litoperator.operator.resource.JobResources;
import io.litoperator.operator.resource.Kueue;
import io.litoperator.operator.resource.Labels;
import io.litoperator.operator.resource.TrustBundle;
import io.litoperator.operator.snapshot.Jobs;
import io.litoperator.operator.snapshot.ObjectKey;
import io.litoperator.operator.snapshot.ObservedPod;
import io.litoperator.operator.snapshot.PodWarning;
import io.litoperator.operator.snapshot.Refusal;
import io.litoperator.operator.snapshot.Snapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A job of two nodes and what becomes of it, step by step; nothing happens by itself. */
public final class Scene {
  public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Planner planner = new Planner(Jobs.SETTINGS, Duration.ofMinutes(5));
  private final Map<String, Pod> pods = new TreeMap<>();
  private final Map<ObjectKey, String> applied = new HashMap<>();
  private Optional<String> sharedBundle = Optional.empty();
  private String caBundle = "ca";
  private LitTrainingJob job;
  private Instant now = START;
  private Optional<Instant> lastHeard = Optional.empty();
  private Optional<GenericKubernetesResource> workload = Optional.empty();
  private Optional<GenericKubernetesResource> podGroup = Optional.empty();
  private Optional<PodWarning> warning = Optional.empty();
  private Optional<Refusal> refusal = Optional.empty();
  private Progress progress;
  private boolean othersWait;
  private long reports;
  private int uids;

  private Scene(LitTrainingJob job) {
    this.job = job;
  }

  /**
   * A job that nobody has looked at.
   *
   * @param spec what is special about it, as YAML
   */
  public static Scene created(String spec) {
    return new Scene(spec.isEmpty() ? Jobs.of(2) : Jobs.edited(Jobs.of(2), spec));
  }

  /** The same of a job from before the API server gave new ones a status. */
  public Scene withoutStatus() {
    job.setStatus(null);
    return this;
  }

  /** A job whose Pods are made and on record, but not placed. */
  public static Scene begun(String spec) {
    return created(spec).carryOut().carryOut();
  }

  /** A job whose Pods run, and whose coordinator reports that it finetunes. */
  public static Scene training(String spec) {
    return begun(spec).run(0).run(1).report(Activity.FINETUNING).carryOut();
  }

  // What happens.

  public Scene place(int index) {
    return edit(index, pod -> pod.editSpec().withNodeName("node-" + index).endSpec());
  }

  public Scene run(int index) {
    return place(index).edit(index, pod -> Kubelet.runs(pod, now));
  }

  public Scene exit(int index, int code) {
    return exit(index, code, null, null);
  }

  /**
   * @param reason the kubelet's, like OOMKilled
   * @param message the worker's own
   */
  public Scene exit(int index, int code, String reason, String message) {
    return edit(index, pod -> Kubelet.ended(pod, code, reason, message, now));
  }

  public Scene waiting(int index, String reason, String message) {
    return edit(index, pod -> Kubelet.waits(pod, reason, message));
  }

  /** A container of this name begins to run before the worker, which waits for it. */
  public Scene initializes(int index, String name) {
    return edit(index, pod -> Kubelet.initRuns(pod, name, now));
  }

  /**
   * The container before the worker has ended.
   *
   * @param output its last lines
   */
  public Scene initialized(int index, String name, int code, String output) {
    return edit(index, pod -> Kubelet.initEnded(pod, name, code, output, now));
  }

  /** The container before the worker waits. */
  public Scene initWaits(int index, String name, String reason, String message) {
    return edit(index, pod -> Kubelet.initWaits(pod, name, reason, message));
  }

  /**
   * The container beside the worker has ended, and its kubelet waits before it starts it again.
   *
   * @param started whether it had come so far that the worker could start
   */
  public Scene sidecarCrashed(int index, String name, int code, boolean started) {
    return edit(index, pod -> Kubelet.sidecarCrashed(pod, name, code, started));
  }

  /** The newest event about a Pod. */
  public Scene warned(int index, String reason, String note) {
    String uid = pods.get("job-" + index).getMetadata().getUid();
    warning = Optional.of(new PodWarning(uid, reason, note, now));
    return this;
  }

  public Scene condition(int index, String type, String status, String reason, String message) {
    return edit(
        index,
        pod ->
            pod.editOrNewStatus()
                .addNewCondition()
                .withType(type)
                .withStatus(status)
                .withReason(reason)
                .withMessage(message)
                .withLastTransitionTime(now.toString())
                .endCondition()
                .endStatus());
  }

  /** Its kubelet will not start it. */
  public Scene reject(int index, String reason) {
    return place(index).edit(index, pod -> Kubelet.rejects(pod, reason));
  }

  /** Held by Kueue. */
  public Scene gate(int index) {
    return edit(
        index,
        pod ->
            pod.editSpec()
                .addNewSchedulingGate()
                .withName("kueue.x-k8s.io/admission")
                .endSchedulingGate()
                .endSpec());
  }

  public Scene admit(int index) {
    return edit(index, pod -> pod.editSpec().withSchedulingGates().endSpec());
  }

  /** Told to end, by someone else. */
  public Scene delete(int index) {
    return edit(
        index,
        pod ->
            pod.editMetadata()
                .withDeletionTimestamp(now.plusSeconds(120).toString())
                .withDeletionGracePeriodSeconds(120L)
                .endMetadata());
  }

  /** Kubelets have confirmed that what was told to end has ended. */
  public Scene settle() {
    pods.values().removeIf(pod -> new ObservedPod(pod).isTerminating());
    return this;
  }

  public Scene lose(int index) {
    pods.remove("job-" + index);
    return this;
  }

  public Scene edit(int index, UnaryOperator<PodBuilder> change) {
    pods.computeIfPresent("job-" + index, (name, pod) -> change.apply(new PodBuilder(pod)).build());
    return this;
  }

  public Scene report(Activity activity) {
    return report(activity, Map.of());
  }

  /**
   * @param restarts within the Pods, so far
   */
  public Scene report(Activity activity, Map<String, Integer> restarts) {
    return report(activity, restarts, null);
  }

  /**
   * @param failure of the newest of these restarts
   */
  public Scene report(Activity activity, Map<String, Integer> restarts, LastFailure failure) {
    ObservedPod first = new ObservedPod(pods.get("job-0"));
    int attempt =
        pods.values().stream().mapToInt(pod -> new ObservedPod(pod).attempt()).max().orElseThrow();
    lastHeard = Optional.of(now);
    Coordinator told =
        new Coordinator(first.uid(), attempt, ++reports, activity, 2, restarts, failure);
    job.setStatus(ReportedStatus.of(status(), told, progress));
    return this;
  }

  /**
   * The coordinator's Pod ends, and only its termination message has the last report.
   *
   * @param restarts within the Pods, so far, each of which began another attempt
   */
  public Scene exitUnheard(int code, Map<String, Integer> restarts) {
    int attempts = restarts.values().stream().mapToInt(Integer::intValue).sum();
    return exit(
        0,
        code,
        null,
        SimulatedCoordinator.lastWords(
            new ObservedPod(pods.get("job-0")).attempt() + attempts, ++reports, restarts));
  }

  /** The coordinator reports that a step of a stage is done. */
  public Scene step(String stage, long step) {
    progress =
        Serialization.unmarshal("stage: %s\nstep: %d".formatted(stage, step), Progress.class);
    return report(Activity.FINETUNING);
  }

  public Scene spec(String edits) {
    LitTrainingJobStatus status = status();
    job = Jobs.edited(job, edits);
    job.setStatus(status);
    return this;
  }

  /** Of the job, which no generation counts. */
  public Scene label(String key, String value) {
    job.getMetadata().setLabels(Map.of(key, value));
    return this;
  }

  public Scene pass(Duration time) {
    now = now.plus(time);
    return this;
  }

  /** The operator's certificates have another authority. */
  public Scene rotate(String bundle) {
    caBundle = bundle;
    return this;
  }

  /** Somebody writes over what Pods trust; null if it is deleted. */
  public Scene spoilBundle(String bundle) {
    sharedBundle = Optional.ofNullable(bundle);
    return this;
  }

  /** All but Pods and what is not the job's alone are gone. */
  public Scene forgetObjects() {
    applied.clear();
    return this;
  }

  public Scene refuse(String reason, String message) {
    return refuse(reason, message, Optional.empty());
  }

  /**
   * @param fault of the job, that no API server takes
   */
  public Scene refuse(String reason, String message, Optional<Problem> fault) {
    refusal = Optional.of(new Refusal(reason, message, fault, now.plusSeconds(30)));
    return this;
  }

  /** Jobs are made that have no Pods yet. */
  public Scene othersWait(boolean wait) {
    othersWait = wait;
    return this;
  }

  public Scene workload(String status) {
    workload = Optional.of(other("Workload", status));
    return this;
  }

  /**
   * Kueue holds the Pods that are there, in a Workload that they alone own.
   *
   * @param pods that the Workload is meant for
   */
  public Scene heldByKueue(int pods) {
    this.pods.replaceAll(
        (name, pod) ->
            new PodBuilder(pod)
                .editMetadata()
                .withFinalizers(Kueue.FINALIZER)
                .endMetadata()
                .build());
    workload =
        Optional.of(
            Serialization.unmarshal(
                """
                apiVersion: kueue.x-k8s.io/v1beta2
                kind: Workload
                metadata: {name: job}
                spec: {podSets: [{name: main, count: %d}]}
                """
                    .formatted(pods),
                GenericKubernetesResource.class));
    return this;
  }

  public Scene editWorkload(Consumer<GenericKubernetesResource> change) {
    workload.ifPresent(change);
    return this;
  }

  public Scene podGroup(String status) {
    podGroup = Optional.of(other("PodGroup", status));
    return this;
  }

  /** A Pod that a deleted job of the same name has left behind, on a node. */
  public Scene left(int index) {
    LitTrainingJob former = Jobs.of(2);
    former.getMetadata().setUid("former-uid");
    make(JobResources.of(former, Jobs.SETTINGS).pod(index, 3));
    return place(index);
  }

  // What the operator makes of it.

  public Plan plan() {
    return planner.plan(snapshot());
  }

  private Snapshot snapshot() {
    return new Snapshot(
        job,
        pods,
        applied,
        sharedBundle,
        caBundle,
        workload,
        podGroup,
        warning,
        refusal,
        othersWait,
        START,
        lastHeard,
        now);
  }

  /** Takes what only a termination message tells. */
  public Scene hear() {
    LastReport.unheard(snapshot())
        .ifPresent(
            heard ->
                job.setStatus(ReportedStatus.of(status(), heard.coordinator(), heard.progress())));
    return this;
  }

  /**
   * Does what the plan says of objects and of the status, when it has heard; Pods end as soon as
   * they are told to.
   */
  public Scene carryOut() {
    hear();
    for (Action action : plan().actions()) {
      if (action instanceof Action.PatchStatus patch) {
        Coordinator told = status() == null ? null : status().coordinator();
        job.setStatus(ReportedStatus.of(patch.status(), told, progress));
      } else if (action instanceof Action.Apply apply
          && apply.object() instanceof ConfigMap configMap
          && TrustBundle.is(configMap)) {
        sharedBundle = TrustBundle.pem(configMap);
      } else if (action instanceof Action.Apply apply) {
        applied.put(
            ObjectKey.of(apply.object()),
            apply.object().getMetadata().getAnnotations().get(Labels.APPLIED_HASH));
      } else if (action instanceof Action.CreatePod create) {
        make(create.pod());
      } else if (action instanceof Action.DeletePod delete) {
        delete(delete.pod());
      } else if (action instanceof Action.ReleasePod release) {
        pods.remove(release.pod().getMetadata().getName());
      } else if (action instanceof Action.OwnWorkload own) {
        workload.ifPresent(
            held ->
                held.getMetadata()
                    .getOwnerReferences()
                    .add(
                        new OwnerReferenceBuilder()
                            .withUid(own.job().getMetadata().getUid())
                            .build()));
      } else if (action instanceof Action.DeleteWorkload) {
        workload = Optional.empty();
      }
    }
    return this;
  }

  public LitTrainingJobStatus status() {
    return job.getStatus();
  }

  /** Actions of a kind that the plan has now, by the names of their Pods. */
  public List<String> planned(Class<? extends Action> kind) {
    return plan().actions().stream().filter(kind::isInstance).map(Scene::podName).toList();
  }

  public List<String> pods() {
    return List.copyOf(pods.keySet());
  }

  public Instant now() {
    return now;
  }

  public List<Pod> podsThere() {
    return List.copyOf(pods.values());
  }

  private static String podName(Action action) {
    if (action instanceof Action.CreatePod create) {
      return create.pod().getMetadata().getName();
    } else if (action instanceof Action.DeletePod delete) {
      return delete.pod().getMetadata().getName();
    } else if (action instanceof Action.ForceDeletePod delete) {
      return delete.pod().getMetadata().getName();
    } else if (action instanceof Action.ReleasePod release) {
      return release.pod().getMetadata().getName();
    } else if (action instanceof Action.GiveQuotaBack give) {
      return give.pod().getMetadata().getName();
    }
    throw new IllegalArgumentException("about no Pod: " + action);
  }

  /** What holds it keeps it. */
  private void delete(Pod pod) {
    if (pod.getMetadata().getFinalizers().isEmpty()) {
      pods.remove(pod.getMetadata().getName());
    } else {
      delete(new ObservedPod(pod).index());
    }
  }

  private void make(Pod pod) {
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

  private static GenericKubernetesResource other(String kind, String status) {
    return Serialization.unmarshal(
        "apiVersion: x/v1\nkind: %s\nmetadata: {name: job}\nstatus: %s".formatted(kind, status),
        GenericKubernetesResource.class);
  }
}
