package io.litoperator.operator.observe;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;

/** The CRDs of Kueue, Volcano and the coscheduling plugin, as these projects publish them. */
final class GangCrds {
  static final String KUEUE = "kueue-workloads.yaml";
  static final String VOLCANO = "volcano-podgroups.yaml";
  static final String COSCHEDULING = "coscheduling-podgroups.yaml";

  private GangCrds() {}

  static CustomResourceDefinition of(KubernetesClient client, String file) {
    return client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .load(GangCrds.class.getResourceAsStream("/io/litoperator/operator/gangs/" + file))
        .item();
  }

  /** Applies a CRD and waits until the API server serves every version that it says is served. */
  static void install(KubernetesClient client, CustomResourceDefinition crd) {
    client.resource(crd).forceConflicts().serverSideApply();
    String group = crd.getSpec().getGroup();
    crd.getSpec()
        .getVersions()
        .forEach(
            version ->
                await(group + "/" + version.getName())
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
