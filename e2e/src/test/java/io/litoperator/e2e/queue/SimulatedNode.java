package io.litoperator.e2e.queue;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.litoperator.e2e.program.KubeletReport;
import java.net.HttpURLConnection;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * What a scheduler and a kubelet do with a namespace's Pods, without containers: a Pod that nothing
 * gates runs, one that is told to end saves and exits with 75, and what has ended and is told to go
 * is gone as soon as no finalizer keeps it.
 */
final class SimulatedNode implements AutoCloseable {
  private static final String NODE = "simulated";
  private static final int SAVED = 75;

  private final KubernetesClient client;
  private final ExecutorService kubelet = Executors.newSingleThreadExecutor();
  private final SharedIndexInformer<Pod> pods;

  SimulatedNode(KubernetesClient client, String namespace) {
    this.client = client;
    this.pods = client.pods().inNamespace(namespace).inform(new Watcher());
  }

  /** Ends a Pod's container. */
  void exit(Pod pod, int code) {
    KubeletReport.exited(client, pod, code);
  }

  @Override
  public void close() {
    kubelet.shutdownNow();
    pods.close();
  }

  private void sync(Pod pod) {
    try {
      if (pod.getMetadata().getDeletionTimestamp() != null) {
        end(pod);
      } else if (!pod.getSpec().getSchedulingGates().isEmpty()) {
        return;
      } else if (pod.getSpec().getNodeName() == null) {
        bind(pod);
      } else if ("Pending".equals(pod.getStatus().getPhase())) {
        KubeletReport.running(client, pod);
      }
    } catch (KubernetesClientException e) {
      // Gone or changed meanwhile; the watch tells of it.
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND
          && e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private void bind(Pod pod) {
    client.raw(
        path(pod) + "/binding",
        "POST",
        new BindingBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .endMetadata()
            .withNewTarget()
            .withKind("Node")
            .withName(NODE)
            .endTarget()
            .build());
  }

  private void end(Pod pod) {
    String phase = pod.getStatus().getPhase();
    if ("Running".equals(phase)) {
      exit(pod, SAVED);
    } else if (pod.getMetadata().getDeletionGracePeriodSeconds() != 0) {
      client.raw(
          path(pod),
          "DELETE",
          new DeleteOptionsBuilder()
              .withGracePeriodSeconds(0L)
              .withNewPreconditions()
              .withUid(pod.getMetadata().getUid())
              .endPreconditions()
              .build());
    }
  }

  private static String path(Pod pod) {
    return "/api/v1/namespaces/%s/pods/%s"
        .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName());
  }

  private final class Watcher implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      kubelet.execute(() -> sync(pod));
    }

    @Override
    public void onUpdate(Pod former, Pod pod) {
      kubelet.execute(() -> sync(pod));
    }

    @Override
    public void onDelete(Pod pod, boolean stale) {}
  }
}
