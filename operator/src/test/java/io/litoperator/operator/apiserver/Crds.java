package io.litoperator.operator.apiserver;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.time.Duration;

/** Our CRD, and those of Kueue, Volcano and the coscheduling plugin as these publish them. */
public final class Crds {
  public static final String JOBS = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";
  public static final String KUEUE = "/io/litoperator/operator/gangs/kueue-workloads.yaml";
  public static final String VOLCANO = "/io/litoperator/operator/gangs/volcano-podgroups.yaml";
  public static final String COSCHEDULING =
      "/io/litoperator/operator/gangs/coscheduling-podgroups.yaml";

  private static final Duration TIME_TO_SERVE = Duration.ofSeconds(30);

  private Crds() {}

  public static CustomResourceDefinition of(KubernetesClient client, String resource) {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .load(LitTrainingJob.class.getResourceAsStream(resource))
        .item();
  }

  public static void install(KubernetesClient client, String resource) {
    install(client, of(client, resource));
  }

  /** Applies a CRD and waits until the API server serves every version that it says is served. */
  public static void install(KubernetesClient client, CustomResourceDefinition crd) {
    client.resource(crd).forceConflicts().serverSideApply();
    String group = crd.getSpec().getGroup();
    crd.getSpec()
        .getVersions()
        .forEach(
            version ->
                await(group + "/" + version.getName())
                    .atMost(TIME_TO_SERVE)
                    .until(() -> isServed(client, crd, version.getName()) == version.getServed()));
  }

  private static boolean isServed(
      KubernetesClient client, CustomResourceDefinition crd, String version) {
    var resources = client.getApiResources(crd.getSpec().getGroup() + "/" + version);
    return resources != null
        && resources.getResources().stream()
            .anyMatch(each -> each.getName().equals(crd.getSpec().getNames().getPlural()));
  }
}
