package io.litoperator.operator.reconcile;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.v1alpha1.LitTrainingJob;

/** Writes to what Kueue holds of a job's Pods. */
final class Workloads {
  private static final JsonMapper JSON = new JsonMapper();

  private Workloads() {}

  /**
   * Adds the job to the owners.
   *
   * @throws KubernetesClientException with code 409 if the workload has changed since it was read
   */
  static void own(KubernetesClient client, LitTrainingJob job, GenericKubernetesResource workload) {
    ArrayNode owners = JSON.valueToTree(workload.getMetadata().getOwnerReferences());
    owners
        .addObject()
        .put("apiVersion", job.getApiVersion())
        .put("kind", job.getKind())
        .put("name", job.getMetadata().getName())
        .put("uid", job.getMetadata().getUid());
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch
        .putObject("metadata")
        .put("resourceVersion", workload.getMetadata().getResourceVersion())
        .set("ownerReferences", owners);
    IfThere.write(
        () ->
            client
                .resource(workload)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString()));
  }

  /**
   * @throws KubernetesClientException with code 409 if the workload has changed since it was read
   */
  static void delete(KubernetesClient client, GenericKubernetesResource workload) {
    IfThere.write(() -> client.resource(workload).lockResourceVersion().delete());
  }
}
