package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;

/** Writes to what may be gone by now, and is then left at that. */
final class IfThere {
  private IfThere() {}

  /**
   * @throws KubernetesClientException for any other reason than that there is nothing to write to
   */
  static void write(Runnable request) {
    try {
      request.run();
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_NOT_FOUND) {
        throw e;
      }
    }
  }
}
