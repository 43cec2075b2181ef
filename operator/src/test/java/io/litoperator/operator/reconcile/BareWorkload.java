package io.litoperator.operator.reconcile;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;

/** No more of a Workload of Kueue's than its CRD asks for. */
final class BareWorkload {
  private BareWorkload() {}

  static GenericKubernetesResource in(String namespace, String name) {
    GenericKubernetesResource workload =
        Serialization.unmarshal(
            """
            apiVersion: kueue.x-k8s.io/v1beta2
            kind: Workload
            spec:
              podSets:
              - name: main
                count: 2
                template: {spec: {containers: [{name: worker, image: worker}]}}
            """,
            GenericKubernetesResource.class);
    workload.setMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(name).build());
    return workload;
  }
}
