package io.litoperator.operator.progress;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.net.HttpURLConnection;

/** By server-side apply, so that fields of other managers stay theirs. */
public final class ApiStatusWriter implements StatusWriter {
  private static final PatchContext APPLY =
      new PatchContext.Builder()
          .withPatchType(PatchType.SERVER_SIDE_APPLY)
          .withFieldManager(ProgressStatus.FIELD_MANAGER)
          .withForce(true)
          .build();

  private final KubernetesClient client;

  public ApiStatusWriter(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public boolean write(JobName name, String uid, ProgressStatus status) {
    LitTrainingJob job = new LitTrainingJob();
    job.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace(name.namespace())
            .withName(name.name())
            .withUid(uid)
            .build());
    job.setStatus(status.applied());
    try {
      client.resource(job).subresource("status").patch(APPLY);
      return true;
    } catch (KubernetesClientException e) {
      // A conflict is about the uid: forced, there is no other.
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND
          || e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return false;
      }
      throw e;
    }
  }
}
