package io.litoperator.e2e.scenario;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Map;

/** A NetworkPolicy that lets through what the others do not, until closed: policies add up. */
final class Opening implements AutoCloseable {
  private final KubernetesClient client;
  private final NetworkPolicy policy;

  private Opening(KubernetesClient client, NetworkPolicy policy) {
    this.client = client;
    this.policy = policy;
  }

  /** Opens a namespace's Pods with these labels to a peer. */
  static Opening make(
      KubernetesClient client,
      String namespace,
      Map<String, String> labels,
      NetworkPolicyPeer peer) {
    NetworkPolicy policy =
        new NetworkPolicyBuilder()
            .withNewMetadata()
            .withGenerateName("opening-")
            .withNamespace(namespace)
            .endMetadata()
            .withNewSpec()
            .withNewPodSelector()
            .withMatchLabels(labels)
            .endPodSelector()
            .withPolicyTypes("Ingress")
            .addNewIngress()
            .withFrom(peer)
            .endIngress()
            .endSpec()
            .build();
    return new Opening(client, client.resource(policy).create());
  }

  @Override
  public void close() {
    client.resource(policy).delete();
  }
}
