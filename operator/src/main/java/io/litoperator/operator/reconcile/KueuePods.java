package io.litoperator.operator.reconcile;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.operator.resource.Kueue;

/**
 * Writes what Kueue waits for into a job's Pods. Others, Kueue among them, write there at the same
 * time: each patch says what becomes of one entry, whatever the Pod has become, and none is meant
 * for a Pod that has taken the name since.
 */
final class KueuePods {
  private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

  private KueuePods() {}

  /** Takes Kueue's finalizer off; it may be gone, and the Pod too. */
  static void release(KubernetesClient client, Pod pod) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.putArray("$deleteFromPrimitiveList/finalizers").add(Kueue.FINALIZER);
    patch(client, pod, metadata);
  }

  /** Tells that no Pod of the group will be made again, unless the Pod is gone. */
  static void giveQuotaBack(KubernetesClient client, Pod pod) {
    ObjectNode metadata = JsonNodeFactory.instance.objectNode();
    metadata.putObject("annotations").put(Kueue.RETRIABLE, "false");
    patch(client, pod, metadata);
  }

  private static void patch(KubernetesClient client, Pod pod, ObjectNode metadata) {
    metadata.put("uid", pod.getMetadata().getUid());
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.set("metadata", metadata);
    IfThere.write(() -> client.resource(pod).patch(MERGE, patch.toString()));
  }
}
