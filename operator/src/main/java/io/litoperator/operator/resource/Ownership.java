package io.litoperator.operator.resource;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What says that an object is a job's. */
record Ownership(String job, String namespace, String uid) {
  /** Of {@link #labels}. */
  static final Set<String> KEYS = Set.copyOf(new Ownership("", "", "").labels().keySet());

  static Ownership of(LitTrainingJob job) {
    return new Ownership(
        job.getMetadata().getName(), job.getMetadata().getNamespace(), job.getMetadata().getUid());
  }

  /** Metadata of an object of this name: labels and the controller owner reference. */
  ObjectMetaBuilder metadata(String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(namespace)
        .withLabels(labels())
        .withOwnerReferences(controller());
  }

  /** Selects the job's Pods. */
  Map<String, String> selector() {
    return Map.of(Labels.JOB, job);
  }

  /** On all of the job's objects. */
  Map<String, String> labels() {
    return new TreeMap<>(
        Map.of(
            "app.kubernetes.io/name",
            "lit-worker",
            "app.kubernetes.io/instance",
            job,
            "app.kubernetes.io/part-of",
            Labels.OPERATOR,
            Labels.MANAGED_BY,
            Labels.OPERATOR,
            Labels.JOB,
            job));
  }

  private OwnerReference controller() {
    return new OwnerReferenceBuilder()
        .withApiVersion("lit-operator.io/v1alpha1")
        .withKind("LitTrainingJob")
        .withName(job)
        .withUid(uid)
        .withController(true)
        .build();
  }
}
