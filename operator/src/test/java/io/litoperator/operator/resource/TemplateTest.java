package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.NodeAffinity;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.PodResourceClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Jobs;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a job's template makes of a Pod, beside what {@link TwoNodesTest} shows. */
class TemplateTest {
  private static final ResourceSettings MIRROR =
      new ResourceSettings(
          new WorkerImages("cpu:1", "cuda:1", Optional.of("Never"), List.of("mirror")),
          Optional.empty(),
          Jobs.SETTINGS.reportBase(),
          Jobs.SETTINGS.operatorNamespace(),
          Jobs.SETTINGS.operatorPodLabels(),
          Jobs.SETTINGS.terminationGracePeriod(),
          Jobs.SETTINGS.coschedulingScheduler(),
          Jobs.SETTINGS.tokenKey());

  @Test
  void takesWhatPodsHave() {
    PodSpec pod =
        pod(
            """
            runtimeClassName: nvidia
            terminationGracePeriodSeconds: 900
            resourceClaims: [{name: nic, resourceClaimTemplateName: rdma}]
            resources: {claims: [{name: nic}]}
            """);

    assertThat(pod.getRuntimeClassName()).isEqualTo("nvidia");
    assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(900);
    assertThat(pod.getResourceClaims())
        .extracting(PodResourceClaim::getName)
        .containsExactly("nic");
    assertThat(worker(pod).getResources().getClaims()).singleElement();
  }

  @Test
  void theGraceOfTheInstallationIsForJobsThatNameNone() {
    assertThat(pod("{}").getTerminationGracePeriodSeconds())
        .isEqualTo(Jobs.SETTINGS.terminationGracePeriod().toSeconds());
    assertThat(
            AdmittedJobs.resources(
                    AdmittedJobs.withSpec("template: {terminationGracePeriodSeconds: 900}"))
                .terminationGracePeriod())
        .isEqualTo(Duration.ofMinutes(15));
  }

  @Test
  void secretsToPullWithAreTheInstallationsAndTheJobs() {
    PodSpec pod = pod("imagePullSecrets: [{name: ours}, {name: mirror}]", MIRROR);

    assertThat(pod.getImagePullSecrets())
        .extracting(LocalObjectReference::getName)
        .containsExactly("mirror", "ours");
  }

  @ParameterizedTest(name = "{0}, {1}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "''            | {}                        | Never",
        "''            | {imagePullPolicy: Always} | Always",
        "'image: ours' | {}                        |",
        "'image: ours' | {imagePullPolicy: Always} | Always",
      })
  void theInstallationsPullPolicyIsForItsOwnImages(String image, String template, String policy) {
    PodSpec pod =
        JobResources.of(AdmittedJobs.withSpec(image + "\ntemplate: " + template), MIRROR)
            .pod(0, 1)
            .getSpec();

    assertThat(worker(pod).getImagePullPolicy()).isEqualTo(policy);
  }

  @Test
  void affinityIsAddedTo() {
    Affinity affinity =
        pod("""
                affinity:
                  nodeAffinity:
                    requiredDuringSchedulingIgnoredDuringExecution:
                      nodeSelectorTerms:
                        - matchExpressions: [{key: example.com/gpu, operator: In, values: [h200]}]
                """)
            .getAffinity();

    assertThat(affinity.getNodeAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
        .isNotNull();
    assertThat(affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
        .singleElement();
  }

  @Test
  void affinityAndATopologyKeyHoldBoth() {
    Affinity affinity =
        AdmittedJobs.resources(
                AdmittedJobs.withSpec(
                    """
                    scheduling: {topologyKey: example.com/rack}
                    template:
                      affinity:
                        podAffinity:
                          preferredDuringSchedulingIgnoredDuringExecution:
                            - weight: 1
                              podAffinityTerm: {topologyKey: example.com/rack}
                        podAntiAffinity:
                          requiredDuringSchedulingIgnoredDuringExecution:
                            - topologyKey: kubernetes.io/hostname
                              labelSelector: {matchLabels: {team: other}}
                    """))
            .pod(0, 1)
            .getSpec()
            .getAffinity();

    assertThat(affinity.getPodAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
        .singleElement();
    assertThat(affinity.getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
        .extracting(PodAffinityTerm::getTopologyKey)
        .containsExactly("example.com/rack");
    assertThat(affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
        .isEmpty();
    assertThat(affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution())
        .singleElement();
  }

  @Test
  void onANodesOwnNetworkOnlyTheCoordinatorReservesAPort() {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            topology: {device: cpu, nodes: 2}
            checkpoints: {destination: pvc://checkpoints}
            template: {hostNetwork: true}
            """);
    JobResources resources = AdmittedJobs.resources(job);
    PodSpec first = resources.pod(0, 1).getSpec();
    PodSpec second = resources.pod(1, 1).getSpec();
    int port = worker(first).getPorts().get(0).getContainerPort();

    assertThat(first.getHostNetwork()).isTrue();
    assertThat(first.getDnsPolicy()).isEqualTo("ClusterFirstWithHostNet");
    assertThat(port).isBetween(29400, 29911).isNotEqualTo(29400);
    assertThat(worker(second).getPorts()).isEmpty();
    for (PodSpec pod : List.of(first, second)) {
      assertThat(worker(pod).getEnv())
          .contains(new EnvVar("MASTER_PORT", String.valueOf(port), null));
    }
    assertThat(resources.service().getSpec().getPorts().get(0).getPort()).isEqualTo(port);

    job.getMetadata().setUid("9f1c7a52-0000-4000-8000-000000000002");
    assertThat(
            worker(AdmittedJobs.resources(job).pod(0, 1).getSpec())
                .getPorts()
                .get(0)
                .getContainerPort())
        .as("another job's")
        .isNotEqualTo(port);
  }

  @Test
  void nodesToAvoidAreAddedToWhatTheJobPrefers() {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            template:
              affinity:
                nodeAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                    - weight: 1
                      preference: {matchExpressions: [{key: a, operator: Exists}]}
            """);
    NodeAffinity affinity =
        AdmittedJobs.resources(job)
            .pod(0, 2, Optional.empty(), List.of("node-1", "node-2"))
            .getSpec()
            .getAffinity()
            .getNodeAffinity();

    assertThat(affinity.getRequiredDuringSchedulingIgnoredDuringExecution()).isNull();
    assertThat(affinity.getPreferredDuringSchedulingIgnoredDuringExecution())
        .extracting(PreferredSchedulingTerm::getWeight)
        .containsExactly(1, 100);
    assertThat(
            affinity
                .getPreferredDuringSchedulingIgnoredDuringExecution()
                .get(1)
                .getPreference()
                .getMatchFields())
        .containsExactly(
            new NodeSelectorRequirement("metadata.name", "NotIn", List.of("node-1")),
            new NodeSelectorRequirement("metadata.name", "NotIn", List.of("node-2")));
  }

  @Test
  void aVolumeOfTheOperatorsNameTakesItsPlace() {
    PodSpec usual = pod("{}");
    PodSpec pod =
        pod(
            """
            volumes:
              - name: lit-output
                ephemeral:
                  volumeClaimTemplate:
                    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 500Gi}}}
              - {name: lit-shm, emptyDir: {medium: Memory, sizeLimit: 64Gi}}
            """);

    assertThat(worker(pod).getVolumeMounts()).isEqualTo(worker(usual).getVolumeMounts());
    assertThat(pod.getVolumes())
        .extracting(Volume::getName)
        .containsExactlyElementsOf(usual.getVolumes().stream().map(Volume::getName).toList());
    assertThat(volume(pod, "lit-output").getEmptyDir()).isNull();
    assertThat(volume(pod, "lit-output").getEphemeral().getVolumeClaimTemplate()).isNotNull();
    assertThat(volume(pod, "lit-shm").getEmptyDir().getSizeLimit()).hasToString("64Gi");
    assertThat(volume(pod, "lit-tmp")).isEqualTo(volume(usual, "lit-tmp"));
  }

  /** Without a group they would be root's alone. */
  @Test
  void filesAreReadableForAUserOfTheClustersChoice() {
    assertThat(volume(pod("{}"), "lit-job").getProjected().getDefaultMode()).isEqualTo(0440);
    assertThat(volume(pod("{}", MIRROR), "lit-job").getProjected().getDefaultMode())
        .isEqualTo(0444);
    assertThat(
            volume(pod("podSecurityContext: {fsGroup: 7}", MIRROR), "lit-job")
                .getProjected()
                .getDefaultMode())
        .isEqualTo(0440);
  }

  @Test
  void whatAnInitContainerLeavesOutIsAsTheWorkerHasIt() {
    PodSpec pod =
        pod(
            """
            initContainers:
              - {name: prepare, image: tools}
              - name: tcpxo-daemon
                image: tcpxo
                restartPolicy: Always
                terminationMessagePolicy: File
                securityContext:
                  runAsUser: 0
                  readOnlyRootFilesystem: false
                  capabilities: {add: [NET_ADMIN]}
            """);
    Container prepare = pod.getInitContainers().get(0);
    Container daemon = pod.getInitContainers().get(1);

    assertThat(prepare.getSecurityContext()).isEqualTo(worker(pod).getSecurityContext());
    assertThat(prepare.getTerminationMessagePolicy()).isEqualTo("FallbackToLogsOnError");
    assertThat(daemon.getTerminationMessagePolicy()).isEqualTo("File");
    assertThat(daemon.getSecurityContext())
        .returns(0L, SecurityContext::getRunAsUser)
        .returns(false, SecurityContext::getRunAsNonRoot)
        .returns(false, SecurityContext::getReadOnlyRootFilesystem)
        .returns(false, SecurityContext::getAllowPrivilegeEscalation);
    assertThat(daemon.getSecurityContext().getCapabilities().getAdd()).containsExactly("NET_ADMIN");
    assertThat(daemon.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
  }

  private static PodSpec pod(String template) {
    return pod(template, Jobs.SETTINGS);
  }

  private static PodSpec pod(String template, ResourceSettings settings) {
    String spec = "template:\n" + template.indent(2);
    return JobResources.of(AdmittedJobs.withSpec(spec), settings).pod(0, 1).getSpec();
  }

  private static Container worker(PodSpec pod) {
    return pod.getContainers().get(0);
  }

  private static Volume volume(PodSpec pod, String name) {
    return pod.getVolumes().stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
