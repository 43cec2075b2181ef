package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.PodBuilder;

/** No more of a Pod than an API server asks for. */
final class BarePod {
  private BarePod() {}

  static PodBuilder in(String namespace, String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("worker")
        .withImage("worker")
        .endContainer()
        .endSpec();
  }
}
