package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** All Pods that a namespace has ever had since this was made. */
final class PodHistory implements AutoCloseable {
  private final Set<String> uids = ConcurrentHashMap.newKeySet();
  private final SharedIndexInformer<Pod> pods;

  PodHistory(KubernetesClient client, String namespace) {
    this.pods = client.pods().inNamespace(namespace).inform(new Recorder());
  }

  /** Their uids. */
  Set<String> all() {
    return Set.copyOf(uids);
  }

  @Override
  public void close() {
    pods.close();
  }

  private final class Recorder implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      uids.add(pod.getMetadata().getUid());
    }

    @Override
    public void onUpdate(Pod former, Pod pod) {
      uids.add(pod.getMetadata().getUid());
    }

    @Override
    public void onDelete(Pod pod, boolean stale) {
      uids.add(pod.getMetadata().getUid());
    }
  }
}
