package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodFieldsTest {
  private final LitTrainingJob job =
      AdmittedJobs.withSpec(
          """
          topology: {device: cuda, resourceName: example.com/gpu}
          template:
            tolerations: [{key: a}, {key: b}]
            env: [{name: A, value: x}]
            envFrom: [{secretRef: {name: keys}}]
            initContainers:
              - {name: a, image: a, resources: {requests: {cpu: 2}}}
              - {name: b, image: b, resources: {requests: {cpu: 2}, limits: {cpu: 1}}}
            volumes: [{name: data, emptyDir: {}}]
            volumeMounts: [{name: data, mountPath: /data}]
            labels: {a: b}
            annotations: {a: b}
            resources: {limits: {cpu: 1}}
            affinity: {nodeAffinity: {}}
            podSecurityContext: {sysctls: [{name: a, value: b}]}
            securityContext: {runAsNonRoot: true}
            imagePullSecrets: [{name: registry}]
          """);
  private final Pod pod = AdmittedJobs.resources(job).pod(0, 1);

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({
    "spec.tolerations[1].operator, spec.template.tolerations[1].operator",
    "spec.tolerations[0], spec.template.tolerations[0]",
    "spec.containers[0].resources.limits[cpu], spec.template.resources.limits[cpu]",
    "spec.containers[0].resources.requests[example.com/gpu], spec.topology.resourceName",
    "spec.affinity.nodeAffinity.a[0].b, spec.template.affinity.nodeAffinity.a[0].b",
    "spec.securityContext.sysctls[0].name, spec.template.podSecurityContext.sysctls[0].name",
    "spec.containers[0].securityContext, spec.template.securityContext",
    "spec.initContainers[1].image, spec.template.initContainers[1].image",
    "spec.initContainers[1].resources.requests, spec.template.initContainers[1].resources.requests",
    "spec.containers[0].envFrom[0].secretRef, spec.template.envFrom[0].secretRef",
    "spec.imagePullSecrets[0].name, spec.template.imagePullSecrets[0].name",
    "metadata.labels, spec.template.labels",
    "metadata.annotations, spec.template.annotations",
  })
  void namesTheJobsField(String field, String origin) {
    assertThat(PodFields.origin(job.getSpec(), pod, field)).contains(origin);
  }

  @Test
  void findsWhatComesAfterTheOperatorsOwn() {
    int env = pod.getSpec().getContainers().get(0).getEnv().size() - 1;
    int mount = pod.getSpec().getContainers().get(0).getVolumeMounts().size() - 1;
    int volume = pod.getSpec().getVolumes().size() - 1;

    assertThat(origin("spec.containers[0].env[%d].valueFrom", env))
        .isEqualTo("spec.template.env[0].valueFrom");
    assertThat(origin("spec.containers[0].volumeMounts[%d].subPath", mount))
        .isEqualTo("spec.template.volumeMounts[0].subPath");
    assertThat(origin("spec.volumes[%d].hostPath.path", volume))
        .isEqualTo("spec.template.volumes[0].hostPath.path");
  }

  /** Of the operator, or of a webhook that changes Pods. */
  @ParameterizedTest(name = "of ''{0}''")
  @CsvSource({
    "spec.tolerations[2].operator",
    "spec.tolerations[99].operator",
    "spec.tolerations",
    "spec.volumes[0].projected",
    "spec.containers[0].env[0].name",
    "spec.containers[0].envFrom[1]",
    "spec.containers[1].env[0].name",
    "spec.initContainers[0].resources.requests",
    "spec.initContainers[2].image",
    "spec.imagePullSecrets[1].name",
    "spec.runtimeClassName",
    "spec.affinityOfAnother",
    "''",
  })
  void hasNoOriginWhereTheJobHasNoSay(String field) {
    assertThat(PodFields.origin(job.getSpec(), pod, field)).isEmpty();
  }

  @Test
  void resourcesOfAJobWithoutTemplateAreTheOperators() {
    LitTrainingJob bare = AdmittedJobs.small();

    assertThat(
            PodFields.origin(
                bare.getSpec(),
                AdmittedJobs.resources(bare).pod(0, 1),
                "spec.containers[0].resources.limits[cpu]"))
        .isEmpty();
  }

  /** The API server names no resource where a request is above its limit. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "{requests: {memory: 8Gi}} | -",
        "{requests: {memory: 8Gi, cpu: 1}, limits: {memory: 8Gi}} | -",
        "{requests: {example.com/a: 1}, limits: {example.com/a: 2}} | spec.template.resources.requests",
      })
  void aLimitThatTheJobDoesNotGiveMayBeAnothers(String resources, String origin) {
    LitTrainingJob job = AdmittedJobs.withSpec("template: {resources: " + resources + "}\n");

    assertThat(
            PodFields.origin(
                job.getSpec(),
                AdmittedJobs.resources(job).pod(0, 1),
                "spec.containers[0].resources.requests"))
        .isEqualTo(Optional.ofNullable(origin));
  }

  private String origin(String field, int index) {
    return PodFields.origin(job.getSpec(), pod, field.formatted(index)).orElseThrow();
  }
}
