package io.litoperator.controlplane;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;

/** Custom resources of an API server. */
public final class Crds {
  private static final Duration TIME_TO_SERVE = Duration.ofSeconds(30);

  private Crds() {}

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
