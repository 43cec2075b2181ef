package io.litoperator.operator.reconcile;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.operator.progress.JobName;

/**
 * Writes a job's status by server-side apply, and nothing else of the job: fields of other managers
 * stay theirs.
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
   * Bound to the version that was observed: a spec that was changed meanwhile, or a status that
   * was, is to be looked at first.
   *
   * @return the job as the API server has it now
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 409 if the job is not
   *     as it was observed
   */
  LitTrainingJob apply(LitTrainingJob observed, LitTrainingJobStatus status) {
    ObjectMeta metadata = observed.getMetadata();
    return apply(
        new ObjectMetaBuilder()
            .withNamespace(metadata.getNamespace())
            .withName(metadata.getName())
            .withUid(metadata.getUid())
            .withResourceVersion(metadata.getResourceVersion())
            .build(),
        status);
  }

  /**
   * Whatever the job has become.
   *
   * @return the job of this name as the API server has it now
   * @throws io.fabric8.kubernetes.client.KubernetesClientException with code 404 if there is none
   */
  LitTrainingJob apply(JobName name, LitTrainingJobStatus status) {
    return apply(
        new ObjectMetaBuilder().withNamespace(name.namespace()).withName(name.name()).build(),
        status);
  }

  private LitTrainingJob apply(ObjectMeta identity, LitTrainingJobStatus status) {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(identity);
    return client
        .resource(job)
        .subresource("status")
        .patch(apply, json(new Patch(job.getApiVersion(), job.getKind(), identity, status)));
  }

  private static String json(Patch patch) {
    try {
      return MAPPER.writeValueAsString(patch);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A status cannot be written as JSON", e);
    }
  }

  private record Patch(
      String apiVersion, String kind, ObjectMeta metadata, LitTrainingJobStatus status) {}
}
