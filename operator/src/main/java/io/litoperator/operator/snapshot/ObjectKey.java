package io.litoperator.operator.snapshot;

import io.fabric8.kubernetes.api.model.HasMetadata;

/** Names an object among those of one namespace. */
public record ObjectKey(String kind, String name) {
  public static ObjectKey of(HasMetadata object) {
    return new ObjectKey(object.getKind(), object.getMetadata().getName());
  }
}
