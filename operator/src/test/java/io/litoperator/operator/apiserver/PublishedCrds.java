package io.litoperator.operator.apiserver;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.controlplane.Crds;

/** Our CRD, and those of Kueue, Volcano and the coscheduling plugin as these publish them. */
public final class PublishedCrds {
  public static final String JOBS = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";
  public static final String KUEUE = "/io/litoperator/operator/gangs/kueue-workloads.yaml";
  public static final String VOLCANO = "/io/litoperator/operator/gangs/volcano-podgroups.yaml";
  public static final String COSCHEDULING =
      "/io/litoperator/operator/gangs/coscheduling-podgroups.yaml";

  private PublishedCrds() {}

  public static CustomResourceDefinition of(KubernetesClient client, String resource) {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .load(LitTrainingJob.class.getResourceAsStream(resource))
        .item();
  }

  public static void install(KubernetesClient client, String resource) {
    Crds.install(client, of(client, resource));
  }
}
