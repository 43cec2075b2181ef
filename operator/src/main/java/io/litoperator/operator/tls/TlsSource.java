package io.litoperator.operator.tls;

/** Where the endpoint's certificate comes from. Blocks. */
@FunctionalInterface
interface TlsSource {
  /**
   * The certificate to be used now.
   *
   * @throws IllegalStateException with a sentence on what to do, if there is none
   * @throws io.fabric8.kubernetes.client.KubernetesClientException if the API server does not
   *     answer
   */
  TlsMaterial load();
}
