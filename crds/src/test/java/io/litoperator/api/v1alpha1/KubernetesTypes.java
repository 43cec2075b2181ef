package io.litoperator.api.v1alpha1;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;

/**
 * Says of Kubernetes' own types in the CRD what the generator leaves open: an API server must not
 * admit a job that clients cannot read, as one such job would end the operator's watch of all.
 */
final class KubernetesTypes {
  private static final String QUANTITY =
      "^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,3})?$";

  private KubernetesTypes() {}

  /** Gives quantities their form and whole numbers the range of 32 bits, at any depth. */
  static void restrict(JSONSchemaProps schema) {
    restrict("", schema);
  }

  private static void restrict(String name, JSONSchemaProps schema) {
    boolean isPort = name.equals("port"); // A number, or the name of one.
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString()) && !isPort) {
      schema.setPattern(QUANTITY);
    } else if ("integer".equals(schema.getType())) {
      schema.setMinimum((double) Integer.MIN_VALUE);
      schema.setMaximum((double) Integer.MAX_VALUE);
    }
    if (schema.getProperties() != null) {
      schema.getProperties().forEach(KubernetesTypes::restrict);
    }
    if (schema.getItems() != null) {
      restrict("", schema.getItems().getSchema());
    }
    if (schema.getAdditionalProperties() != null) {
      restrict("", schema.getAdditionalProperties().getSchema());
    }
  }
}
