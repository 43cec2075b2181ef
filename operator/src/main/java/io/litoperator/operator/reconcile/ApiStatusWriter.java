package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.litoperator.operator.progress.JobName;
import io.litoperator.operator.progress.ProgressStatus;
import io.litoperator.operator.progress.StatusWriter;
import java.net.HttpURLConnection;
import java.util.List;

/** By server-side apply. */
public final class ApiStatusWriter implements StatusWriter {
  /** Not quite nothing: a status must not become null where it has no other fields. */
  private static final ProgressStatus TAKEN_BACK =
      new ProgressStatus(null, List.of(), null, null, null, null);

  private final StatusPatch patch;

  public ApiStatusWriter(KubernetesClient client) {
    this.patch = new StatusPatch(client, ProgressStatus.FIELD_MANAGER);
  }

  /**
   * A status' server looks at no uid that is sent to it. So the answer's is compared, and what went
   * to a job that has just taken the name is taken back.
   */
  @Override
  public boolean write(JobName name, String uid, ProgressStatus status) {
    try {
      if (uid.equals(patch.apply(name, status.applied()).getMetadata().getUid())) {
        return true;
      }
      patch.apply(name, TAKEN_BACK.applied());
      return false;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }
}
