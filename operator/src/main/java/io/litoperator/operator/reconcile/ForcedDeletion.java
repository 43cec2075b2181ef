package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.DeleteOptions;
import io.fabric8.kubernetes.api.model.DeleteOptionsBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;

/** Takes Pods out of the API server without waiting for their kubelets. */
final class ForcedDeletion {
  private ForcedDeletion() {}

  /**
   * Deletes this Pod and none that has taken its name since; one that is gone already is none.
   *
   * @throws KubernetesClientException with code 409 if another has its name
   */
  static void of(KubernetesClient client, Pod pod) {
    ObjectMeta meta = pod.getMetadata();
    DeleteOptions options =
        new DeleteOptionsBuilder()
            .withGracePeriodSeconds(0L)
            .withNewPreconditions()
            .withUid(meta.getUid())
            .endPreconditions()
            .build();
    IfThere.write(
        () ->
            client.raw(
                "/api/v1/namespaces/%s/pods/%s".formatted(meta.getNamespace(), meta.getName()),
                "DELETE",
                options));
  }
}
