package io.litoperator.operator.reconcile;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import java.util.Map;

/**
 * Writes a job's status by server-side apply, and nothing else of the job. Bound to the version
 * that was observed: a spec that was changed meanwhile, or a status that was, is looked at first.
 */
final class StatusPatch {
  /** Fields that are null are another manager's, or gone. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
          .build();

  private final KubernetesClient client;
  private final PatchContext apply;

  /**
   * @param fieldManager owner of the fields that are written
   */
  StatusPatch(KubernetesClient client, String fieldManager) {
    this.client = client;
    this.apply =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(fieldManager)
            .withForce(true)
            .build();
  }

  /**
   * @return the job as the API server has it now
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if the job is not
   *     as it was observed
   */
  LitTrainingJob apply(LitTrainingJob observed, LitTrainingJobStatus status) {
    GenericKubernetesResource patch =
        new GenericKubernetesResourceBuilder()
            .withApiVersion(observed.getApiVersion())
            .withKind(observed.getKind())
            .withNewMetadata()
            .withNamespace(observed.getMetadata().getNamespace())
            .withName(observed.getMetadata().getName())
            .withUid(observed.getMetadata().getUid())
            .withResourceVersion(observed.getMetadata().getResourceVersion())
            .endMetadata()
            .addToAdditionalProperties("status", fields(status))
            .build();
    GenericKubernetesResource written = client.resource(patch).subresource("status").patch(apply);
    return client.getKubernetesSerialization().convertValue(written, LitTrainingJob.class);
  }

  private static Map<String, Object> fields(LitTrainingJobStatus status) {
    return MAPPER.convertValue(status, new TypeReference<>() {});
  }
}
