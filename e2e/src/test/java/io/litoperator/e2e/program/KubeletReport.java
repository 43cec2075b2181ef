package io.litoperator.e2e.program;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.PodStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;

/** What a kubelet says of a worker's Pod, of Pods that have none. */
public final class KubeletReport {
  private KubeletReport() {}

  public static void running(KubernetesClient client, Pod pod) {
    report(
        client,
        pod,
        "Running",
        new ContainerStateBuilder()
            .withNewRunning()
            .withStartedAt(Instant.now().toString())
            .endRunning()
            .build());
  }

  public static void exited(KubernetesClient client, Pod pod, int code) {
    report(
        client,
        pod,
        code == 0 ? "Succeeded" : "Failed",
        new ContainerStateBuilder()
            .withNewTerminated()
            .withExitCode(code)
            .withReason(code == 0 ? "Completed" : "Error")
            .withFinishedAt(Instant.now().toString())
            .endTerminated()
            .build());
  }

  private static void report(KubernetesClient client, Pod pod, String phase, ContainerState state) {
    boolean running = phase.equals("Running");
    PodStatus status =
        new PodStatusBuilder()
            .withPhase(phase)
            .withPodIP("192.0.2.1")
            .withStartTime(Instant.now().toString())
            .addNewCondition()
            .withType("PodScheduled")
            .withStatus("True")
            .endCondition()
            .addNewCondition()
            .withType("Ready")
            .withStatus(running ? "True" : "False")
            .endCondition()
            .addNewContainerStatus()
            .withName("worker")
            .withImage("lit.test/worker:1")
            .withImageID("")
            .withReady(running)
            .withRestartCount(0)
            .withState(state)
            .endContainerStatus()
            .build();
    Pod patch = new Pod();
    patch.setStatus(status);
    client
        .resource(pod)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.STRATEGIC_MERGE),
            client.getKubernetesSerialization().asJson(patch));
  }
}
