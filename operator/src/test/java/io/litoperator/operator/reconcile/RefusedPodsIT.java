package io.litoperator.operator.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LimitRange;
import io.fabric8.kubernetes.api.model.LimitRangeBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.controlplane.ApiServerExtension;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of a job whose Pods a real API server refuses. */
@ExtendWith(ApiServerExtension.class)
class RefusedPodsIT {
  /** Quotas too, by which it is seen when the API server begins to heed it. */
  private static final String POLICY =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicy
      metadata: {name: %1$s}
      spec:
        matchConstraints:
          resourceRules:
          - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods, resourcequotas]}
        validations: [{expression: "false", message: not today}]
      ---
      apiVersion: admissionregistration.k8s.io/v1
      kind: ValidatingAdmissionPolicyBinding
      metadata: {name: %1$s}
      spec:
        policyName: %1$s
        validationActions: [Deny]
        matchResources:
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
      """;

  private final KubernetesClient client;
  private JobNamespace jobs;

  RefusedPodsIT(KubernetesClient client) {
    this.client = client;
  }

  @BeforeEach
  void prepare() {
    jobs = new JobNamespace(client);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "tolerations: [{key: a, operator: Exist}] | spec.template.tolerations[0].operator: Unsupported value: \"Exist\"",
        "volumes: [{name: a, hostPath: {path: a/../b}}] | spec.template.volumes[0].hostPath.path: Invalid value: \"a/../b\"",
        "env: [{name: A, value: x, valueFrom: {fieldRef: {fieldPath: metadata.name}}}] | spec.template.env[0].valueFrom: Invalid value: \"\": may not be specified when `value` is not empty",
        "affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: Is}]}]}}} | spec.template.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].operator: Invalid value: \"Is\"",
        "initContainers: [{name: a, image: a, startupProbe: {exec: {command: [a]}}}] | spec.template.initContainers[0].startupProbe: Forbidden",
        "resources: {limits: {gpus: 1}} | spec.template.resources.limits[gpus]: Invalid value: ",
      })
  void failsForAFieldThatNoApiServerTakes(String template, String message) {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create("job", "template: {" + template + "}");
      LitTrainingJobStatus status = jobs.reaches(job, Phase.FAILED);

      assertThat(status.conditions())
          .filteredOn(condition -> condition.getType().equals("Valid"))
          .singleElement()
          .returns("False", Condition::getStatus)
          .extracting(Condition::getMessage)
          .asString()
          .startsWith(message);
      assertThat(jobs.workers().pods()).isEmpty();
      assertThat(operator.isDead()).isFalse();
    }
  }

  /** A policy answers 422, as the API server's own rules do. */
  @Test
  void waitsForAPolicyToChange() {
    List<HasMetadata> policy = policy();
    client.resourceList(policy).create();
    await().until(this::isHeeded);
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create();
      LitTrainingJobStatus status = jobs.reaches(job, Phase.PENDING);
      assertThat(status.pending().reason()).isEqualTo("PodRefused");
      assertThat(status.pending().message()).contains("not today");

      client.resourceList(policy).delete();
      jobs.reaches(job, Phase.STARTING);
      assertThat(operator.isDead()).isFalse();
    }
  }

  /** A default limit becomes the Pod's own, and then it is the Pod that is invalid. */
  @Test
  void waitsForALimitOfTheNamespaceToChange() {
    Resource<LimitRange> limit = client.resource(defaultLimit());
    limit.create();
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create("job", "template: {resources: {requests: {memory: 8Gi}}}");
      LitTrainingJobStatus status = jobs.reaches(job, Phase.PENDING);
      assertThat(status.pending().reason()).isEqualTo("PodRefused");
      assertThat(status.pending().message())
          .contains("must be less than or equal to memory limit of 1Gi");

      limit.delete();
      jobs.reaches(job, Phase.STARTING);
      assertThat(operator.isDead()).isFalse();
    }
  }

  private LimitRange defaultLimit() {
    return new LimitRangeBuilder()
        .withNewMetadata()
        .withName("memory")
        .withNamespace(jobs.name())
        .endMetadata()
        .withNewSpec()
        .addNewLimit()
        .withType("Container")
        .addToDefault("memory", new Quantity("1Gi"))
        .endLimit()
        .endSpec()
        .build();
  }

  @Test
  void failsForMoreAnnotationsThanAPodMayHave() {
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job =
          jobs.create("job", "template: {annotations: {a: " + "x".repeat(256 << 10) + "}}");
      LitTrainingJobStatus status = jobs.reaches(job, Phase.FAILED);

      assertThat(status.conditions())
          .filteredOn(condition -> condition.getType().equals("Valid"))
          .singleElement()
          .extracting(Condition::getMessage)
          .asString()
          .startsWith("spec.template.annotations: Too long: ");
      assertThat(operator.isDead()).isFalse();
    }
  }

  @Test
  void waitsForANamespaceThatAdmitsTheNodesOwnNetwork() {
    admit("restricted");
    try (OperatorProcess operator = jobs.start()) {
      LitTrainingJob job = jobs.create("job", "template: {hostNetwork: true}");
      LitTrainingJobStatus status = jobs.reaches(job, Phase.PENDING);
      assertThat(status.pending().reason()).isEqualTo("PodRefused");
      assertThat(status.pending().message()).contains("hostNetwork=true");

      admit("privileged");
      jobs.reaches(job, Phase.STARTING);
      List<Integer> taken =
          jobs.workers().pods().stream()
              .flatMap(pod -> pod.getSpec().getContainers().get(0).getPorts().stream())
              .map(ContainerPort::getHostPort)
              .toList();
      assertThat(taken).singleElement().satisfies(port -> assertThat(port).isPositive());
      assertThat(operator.isDead()).isFalse();
    }
  }

  private void admit(String standard) {
    client
        .namespaces()
        .withName(jobs.name())
        .edit(
            namespace ->
                new NamespaceBuilder(namespace)
                    .editMetadata()
                    .addToLabels("pod-security.kubernetes.io/enforce", standard)
                    .endMetadata()
                    .build());
  }

  private List<HasMetadata> policy() {
    return Stream.of(POLICY.formatted(jobs.name()).split("---"))
        .<HasMetadata>map(yaml -> Serialization.unmarshal(yaml, GenericKubernetesResource.class))
        .toList();
  }

  private boolean isHeeded() {
    try {
      client
          .resource(
              new ResourceQuotaBuilder()
                  .withNewMetadata()
                  .withName("probe")
                  .withNamespace(jobs.name())
                  .endMetadata()
                  .withNewSpec()
                  .endSpec()
                  .build())
          .dryRun()
          .create();
      return false;
    } catch (KubernetesClientException e) {
      return e.getMessage().contains("not today");
    }
  }
}
