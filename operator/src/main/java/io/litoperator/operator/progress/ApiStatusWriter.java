package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.net.HttpURLConnection;
import java.util.List;

/** By server-side apply, so that fields of other managers stay theirs. */
public final class ApiStatusWriter implements StatusWriter {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(ProgressStatus.FIELD_MANAGER)
          .withForce(true)
          .build();

  /** Not quite nothing: a status must not become null where it has no other fields. */
  private static final ProgressStatus TAKEN_BACK =
      new ProgressStatus(null, List.of(), null, null, null, null);

  private final KubernetesClient client;

  public ApiStatusWriter(KubernetesClient client) {
    this.client = client;
  }

  /**
   * A status' server looks at no uid that is sent to it. So the answer's is compared, and what went
   * to a job that has just taken the name is taken back.
   */
  @Override
  public boolean write(JobName name, String uid, ProgressStatus status) {
    try {
      if (uid.equals(apply(name, status).getMetadata().getUid())) {
        return true;
      }
      apply(name, TAKEN_BACK);
      return false;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  private LitTrainingJob apply(JobName name, ProgressStatus status) {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder().withNamespace(name.namespace()).withName(name.name()).build());
    job.setStatus(status.applied());
    return client.resource(job).subresource("status").patch(APPLY);
  }
}
