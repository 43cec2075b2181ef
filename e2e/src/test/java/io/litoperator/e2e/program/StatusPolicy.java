package io.litoperator.e2e.program;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;

/** An admission policy that refuses a job's status, whoever writes it. */
final class StatusPolicy {
  /** ConfigMaps too, by which it is seen when the API server begins to heed it. */
  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: refuse-status}
      spec:
        matchConstraints:
          resourceRules:
            - apiGroups: [lit-operator.io]
              apiVersions: ["*"]
              operations: [UPDATE]
              resources: [littrainingjobs/status]
            - apiGroups: [""]
              apiVersions: [v1]
              operations: [CREATE]
              resources: [configmaps]
        validations:
          - expression: "object.metadata.name != '%1$s'"
            message: refused by the bench
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: refuse-status}
      spec: {policyName: refuse-status, validationActions: [Deny]}
      """;

  private StatusPolicy() {}

  /** Returns when the API server heeds it. */
  static void against(KubernetesClient client, String namespace, String job) {
    client
        .load(new ByteArrayInputStream(POLICY.formatted(job).getBytes(StandardCharsets.UTF_8)))
        .serverSideApply();
    ConfigMap probe =
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName(job)
            .endMetadata()
            .build();
    Awaitility.await("the policy is heeded").until(() -> isRefused(client, probe));
  }

  private static boolean isRefused(KubernetesClient client, ConfigMap probe) {
    try {
      client.resource(probe).dryRun().create();
      return false;
    } catch (KubernetesClientException e) {
      return e.getMessage().contains("refused by the bench");
    }
  }
}
