package io.litoperator.operator.progress;

import java.util.Optional;

/** Asks whether a token is good. Blocks. */
@FunctionalInterface
interface TokenReviewer {
  /**
   * @return the Pod that the token is bound to; empty if it is not good for the audience, or not
   *     bound to a Pod
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if no answer can be had
   */
  Optional<Sender> review(String token, String audience);
}
