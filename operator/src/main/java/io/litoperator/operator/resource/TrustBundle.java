package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.util.Optional;

/**
 * The certificates by which Pods know the operator: one ConfigMap for all jobs of a namespace, as
 * Kubernetes' own {@code kube-root-ca.crt}. It belongs to none of them and stays when they go.
 */
public final class TrustBundle {
  public static final String NAME = "lit-operator-ca";

  static final String ENTRY = "ca.crt";

  private TrustBundle() {}

  /**
   * @param pem certificates of the operator's authority
   */
  public static ConfigMap of(String namespace, String pem) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(NAME)
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/part-of", Labels.OPERATOR)
        .addToLabels(Labels.MANAGED_BY, Labels.OPERATOR)
        .endMetadata()
        .addToData(ENTRY, pem)
        .build();
  }

  public static boolean is(ConfigMap configMap) {
    return configMap.getMetadata().getName().equals(NAME);
  }

  /** The certificates; empty if they were taken out. */
  public static Optional<String> pem(ConfigMap bundle) {
    return Optional.ofNullable(bundle.getData()).map(data -> data.get(ENTRY));
  }
}
