package io.litoperator.operator.apiserver;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;

/** Namespaces of tests, which share an API server. */
public final class Namespaces {
  private Namespaces() {}

  /** Makes one that no other test has; its name. */
  public static String make(KubernetesClient client, String prefix) {
    return client
        .resource(
            new NamespaceBuilder()
                .withNewMetadata()
                .withGenerateName(prefix + "-")
                .endMetadata()
                .build())
        .create()
        .getMetadata()
        .getName();
  }
}
