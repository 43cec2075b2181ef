package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.progress.JobName;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.progress.Reports;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/** Plays kubelet and coordinator: Pods' statuses are patched, reports are folded and written. */
final class SimulatedWorkers {
  private static final PatchContext MERGE = PatchContext.of(PatchType.JSON_MERGE);

  private final KubernetesClient client;
  private final String namespace;
  private long sequence;

  SimulatedWorkers(KubernetesClient client, String namespace) {
    this.client = client;
    this.namespace = namespace;
  }

  List<Pod> pods() {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  /** As a scheduler does. */
  void bind(Pod pod, String node) {
    client.raw(
        "/api/v1/namespaces/%s/pods/%s/binding".formatted(namespace, pod.getMetadata().getName()),
        "POST",
        new BindingBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .endMetadata()
            .withNewTarget()
            .withKind("Node")
            .withName(node)
            .endTarget()
            .build());
  }

  /** As the scheduler tells it. */
  void wasScheduled(Pod pod, Instant when) {
    Pod patch =
        new PodBuilder()
            .withNewStatus()
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("True")
            .withLastTransitionTime(when.truncatedTo(ChronoUnit.SECONDS).toString())
            .endCondition()
            .endStatus()
            .build();
    client
        .resource(pod)
        .subresource("status")
        .patch(MERGE, client.getKubernetesSerialization().asJson(patch));
  }

  void run(Pod pod) {
    status(
        pod,
        "Running",
        new ContainerStateBuilder().withNewRunning(Instant.now().toString()).build());
  }

  void exit(Pod pod, int code) {
    exit(pod, code, null);
  }

  /** An end of a coordinator that the operator could not be told of. */
  void exitUnheard(Pod pod, int code, ProgressReport last) {
    exit(pod, code, client.getKubernetesSerialization().asJson(Map.of("report", last)));
  }

  private void exit(Pod pod, int code, String message) {
    status(
        pod,
        code == 0 ? "Succeeded" : "Failed",
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(code)
            .withMessage(message)
            .withFinishedAt(Instant.now().toString())
            .endTerminated()
            .build());
  }

  /** As a kubelet does it: whatever else of the Pod has changed, but only of this very Pod. */
  private void status(Pod pod, String phase, ContainerState state) {
    Pod patch =
        new PodBuilder()
            .withNewMetadata()
            .withUid(pod.getMetadata().getUid())
            .endMetadata()
            .withNewStatus()
            .withPhase(phase)
            .addNewContainerStatus()
            .withName("worker")
            .withImage("worker:test")
            .withImageID("")
            .withReady(phase.equals("Running"))
            .withRestartCount(0)
            .withState(state)
            .endContainerStatus()
            .endStatus()
            .build();
    client
        .pods()
        .inNamespace(namespace)
        .withName(pod.getMetadata().getName())
        .subresource("status")
        .patch(MERGE, client.getKubernetesSerialization().asJson(patch));
  }

  void report(LitTrainingJob job, Activity activity) {
    Pod first =
        client.pods().inNamespace(namespace).withName(job.getMetadata().getName() + "-0").require();
    ProgressReport report =
        new ProgressReport(
            Integer.parseInt(first.getMetadata().getLabels().get("lit-operator.io/attempt")),
            ++sequence,
            activity,
            2,
            null,
            List.of(),
            null,
            List.of(),
            Map.of(),
            null);
    LitTrainingJob live = client.resource(job).require();
    ProgressStatus folded =
        Reports.fold(
            ProgressStatus.of(live.getStatus()),
            first.getMetadata().getUid(),
            report,
            Instant.now());
    new ApiStatusWriter(client)
        .write(
            new JobName(namespace, job.getMetadata().getName()),
            job.getMetadata().getUid(),
            folded);
  }
}
