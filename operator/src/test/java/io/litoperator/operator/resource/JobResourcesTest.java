package io.litoperator.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.snapshot.Jobs;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JobResourcesTest {
  static Stream<HasMetadata> objects() {
    return all(AdmittedJobs.resources(AdmittedJobs.withSpec("scheduling: {gang: volcano}")))
        .stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("objects")
  void everyObjectIsTheJobs(HasMetadata object) {
    assertThat(object.getMetadata().getNamespace()).isEqualTo("research");
    assertThat(object.getMetadata().getLabels())
        .containsEntry("lit-operator.io/job", "small")
        .containsEntry("app.kubernetes.io/managed-by", "lit-operator");
    assertThat(object.getMetadata().getFinalizers()).isEmpty();
    OwnerReference owner = object.getMetadata().getOwnerReferences().get(0);
    assertThat(owner.getController()).isTrue();
    assertThat(owner.getKind()).isEqualTo("LitTrainingJob");
    assertThat(owner.getUid()).isEqualTo("9f1c7a52-0000-4000-8000-000000000001");
  }

  @Test
  void theHashFollowsTheContent() {
    String hash = hash(AdmittedJobs.resources(AdmittedJobs.small()).configMap());

    assertThat(hash)
        .matches("[0-9a-f]{64}")
        .isEqualTo(hash(AdmittedJobs.resources(AdmittedJobs.small()).configMap()))
        .isNotEqualTo(hash(AdmittedJobs.resources(AdmittedJobs.withSpec("seed: 43")).configMap()));
  }

  @Test
  void allThatMayHaveToBeAppliedAgainHasAHash() {
    assertThat(objects().filter(object -> !(object instanceof Pod || object instanceof Secret)))
        .allMatch(object -> hash(object) != null);
  }

  @Test
  void aPodTellsItsPlaceInTheGang() {
    Pod pod = AdmittedJobs.resources(twoNodes()).pod(1, 3);

    assertThat(pod.getMetadata().getName()).isEqualTo("small-1");
    assertThat(pod.getSpec().getHostname()).isEqualTo("small-1");
    assertThat(pod.getSpec().getSubdomain()).isEqualTo("small");
    assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("lit-operator.io/node-index", "1")
        .containsEntry("lit-operator.io/attempt", "3");
    assertThat(environment(pod))
        .containsEntry("MASTER_ADDR", "small-0.small")
        .containsEntry("MASTER_PORT", "29400")
        .containsEntry("NODE_RANK", "1")
        .containsEntry("NNODES", "2")
        .containsEntry("LOCAL_WORLD_SIZE", "4")
        .containsEntry("LIT_ATTEMPT", "3")
        .containsEntry(
            "LIT_REPORT_URL",
            "https://lit-operator.lit-system.svc:8443/apis/lit-operator.io/v1alpha1"
                + "/namespaces/research/littrainingjobs/small/progress");
  }

  @Test
  void reservesExactlyWhatItSets() {
    Pod pod = AdmittedJobs.resources(AdmittedJobs.small()).pod(0, 1);

    assertThat(container(pod).getEnv())
        .extracting(EnvVar::getName)
        .containsExactlyInAnyOrderElementsOf(Reserved.ENVIRONMENT);
    assertThat(container(pod).getVolumeMounts())
        .extracting(VolumeMount::getMountPath)
        .allMatch(Reserved.FOLDERS::contains)
        .containsAll(Reserved.WRITABLE_FOLDERS);
    assertThat(pod.getSpec().getVolumes())
        .allMatch(volume -> volume.getName().startsWith(Reserved.VOLUME_PREFIX));
  }

  @Test
  void reservesExactlyTheKeysThatItSets() {
    Stream<String> set =
        Stream.of("kueue, queueName: team", "volcano", "coscheduling")
            .map(gang -> AdmittedJobs.withSpec("scheduling: {gang: %s}".formatted(gang)))
            .map(job -> AdmittedJobs.resources(job).pod(0, 1).getMetadata())
            .flatMap(
                pod ->
                    Stream.of(pod.getLabels(), pod.getAnnotations())
                        .filter(Objects::nonNull)
                        .flatMap(keys -> keys.keySet().stream()));

    assertThat(Stream.concat(set, Stream.of(Kueue.RETRIABLE)))
        .containsAll(Reserved.KEYS)
        .allMatch(Reserved::isKey);
  }

  @Test
  void aPodHasNoPrivileges() {
    Pod pod = AdmittedJobs.resources(AdmittedJobs.small()).pod(0, 1);

    assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
    assertThat(pod.getSpec().getEnableServiceLinks()).isFalse();
    assertThat(pod.getSpec().getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSpec().getSecurityContext().getRunAsUser()).isPositive();
    assertThat(pod.getSpec().getSecurityContext().getSeccompProfile().getType())
        .isEqualTo("RuntimeDefault");
    assertThat(container(pod).getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    assertThat(container(pod).getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
    assertThat(container(pod).getSecurityContext().getCapabilities().getDrop())
        .containsExactly("ALL");
  }

  @ParameterizedTest(name = "{0} gives {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "topology: {device: cpu, ranksPerNode: 4} | {}",
        "topology: {ranksPerNode: 4} | {nvidia.com/gpu=4}",
        "topology: {device: cuda, resourceName: amd.com/gpu} | {amd.com/gpu=1}",
      })
  void aRankHasADevice(String topology, String expected) {
    Container container =
        container(AdmittedJobs.resources(AdmittedJobs.withSpec(topology)).pod(0, 1));

    assertThat(container.getResources().getLimits()).hasToString(expected);
    assertThat(container.getResources().getRequests()).hasToString(expected);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "topology: {device: cpu} | worker-cpu:test",
        "topology: {device: cuda} | worker-cuda:test",
        "topology: {ranksPerNode: 2} | worker-cuda:test",
        "image: ours:1 | ours:1",
      })
  void theImageIsThatOfTheDeviceUnlessTheJobNamesOne(String spec, String image) {
    Pod pod = AdmittedJobs.resources(AdmittedJobs.withSpec(spec)).pod(0, 1);

    assertThat(container(pod).getImage()).isEqualTo(image);
  }

  @Test
  void claimsAreReadOnlyUnlessTheJobWritesThere() {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            pretrain: {dataset: [{annotations: pvc://data/a.json, images: pvc://shared/images}]}
            checkpoints: {destination: pvc://shared/runs}
            """);
    Pod pod = AdmittedJobs.resources(job).pod(0, 1);

    Map<String, Boolean> mounts =
        container(pod).getVolumeMounts().stream()
            .filter(mount -> mount.getMountPath().startsWith("/mnt/claims/"))
            .collect(
                Collectors.toMap(
                    VolumeMount::getMountPath, mount -> Boolean.TRUE.equals(mount.getReadOnly())));
    assertThat(mounts)
        .containsOnly(Map.entry("/mnt/claims/data", true), Map.entry("/mnt/claims/shared", false));
  }

  @Test
  void theResolvedJobHasEveryDefaultAndNoSwitch() {
    LitTrainingJob job = AdmittedJobs.withSpec("suspend: true\nttlSecondsAfterFinished: 60\n");
    ConfigMap configMap = AdmittedJobs.resources(job).configMap();

    assertThat(configMap.getImmutable()).isTrue();
    assertThat(configMap.getData().get("job.yaml"))
        .contains("name: \"small\"", "namespace: \"research\"", "uid: \"9f1c7a52-")
        .contains("device: \"cpu\"", "precision: \"fp32\"", "conversation: \"vicuna_v1\"")
        .contains("microBatchSize: 16", "learningRate: 2.0E-5", "epochs: 1")
        .doesNotContain("suspend", "ttlSecondsAfterFinished", "null");
    assertThat(configMap.getMetadata().getName()).matches("small-[0-9a-f]{10}");
  }

  @Test
  void suspendingKeepsTheConfigMap() {
    LitTrainingJob suspended = AdmittedJobs.withSpec("suspend: true\n");

    assertThat(AdmittedJobs.resources(suspended).configMap())
        .isEqualTo(AdmittedJobs.resources(AdmittedJobs.small()).configMap());
  }

  /** RFC 2104's construction over SHA-256, as openssl computes it. */
  @Test
  void theTokenFollowsFromTheKeyAndTheJob() {
    Secret secret = AdmittedJobs.resources(AdmittedJobs.small()).secret();

    assertThat(secret.getStringData())
        .containsOnly(
            Map.entry("token", "8a9ddb79489dbd7e61cc0f986b3d2fb1506fb4c700d13c424869a0c83caf8cca"));
    assertThat(secret.getImmutable()).isTrue();
    assertThat(JobResources.of(AdmittedJobs.small(), withKey("another")).secret().getStringData())
        .isNotEqualTo(secret.getStringData());
  }

  /** A former job of the same name may have left one behind. */
  @Test
  void anotherJobOfTheSameNameHasAnotherSecret() {
    LitTrainingJob later = AdmittedJobs.small();
    later.getMetadata().setUid("9f1c7a52-0000-4000-8000-000000000002");

    Secret former = AdmittedJobs.resources(AdmittedJobs.small()).secret();
    Secret made = AdmittedJobs.resources(later).secret();

    assertThat(former.getMetadata().getName()).matches("small-[0-9a-f]{10}");
    assertThat(made.getMetadata().getName())
        .matches("small-[0-9a-f]{10}")
        .isNotEqualTo(former.getMetadata().getName());
    assertThat(made.getStringData()).isNotEqualTo(former.getStringData());
  }

  @Test
  void aPodFindsTokenAndCertificatesInOneFolder() {
    JobResources resources = AdmittedJobs.resources(AdmittedJobs.small());
    ProjectedVolumeSource files = resources.pod(0, 1).getSpec().getVolumes().get(0).getProjected();

    assertThat(files.getSources())
        .filteredOn(source -> source.getSecret() != null)
        .singleElement()
        .satisfies(
            source -> {
              assertThat(source.getSecret().getName())
                  .isEqualTo(resources.secret().getMetadata().getName());
              assertThat(source.getSecret().getItems())
                  .containsExactly(new KeyToPath("token", null, "token"));
            });
    assertThat(files.getSources())
        .filteredOn(source -> source.getConfigMap() != null)
        .filteredOn(source -> source.getConfigMap().getName().equals("lit-operator-ca"))
        .singleElement()
        .satisfies(
            source ->
                assertThat(source.getConfigMap().getItems())
                    .containsExactly(new KeyToPath("ca.crt", null, "ca.crt")));
  }

  @Test
  void aTolerationOfTheJobsReplacesOurs() {
    LitTrainingJob job =
        AdmittedJobs.withSpec(
            """
            template:
              tolerations:
                - {key: node.kubernetes.io/unreachable, operator: Exists, tolerationSeconds: 600}
            """);

    assertThat(AdmittedJobs.resources(job).pod(0, 1).getSpec().getTolerations())
        .extracting(toleration -> toleration.getKey() + " " + toleration.getTolerationSeconds())
        .containsExactly("node.kubernetes.io/unreachable 600", "node.kubernetes.io/not-ready 30");
  }

  private static LitTrainingJob twoNodes() {
    return AdmittedJobs.withSpec(
        """
        topology: {nodes: 2, ranksPerNode: 4, device: cpu}
        checkpoints: {destination: pvc://checkpoints}
        """);
  }

  private static List<HasMetadata> all(JobResources resources) {
    return List.of(
        resources.serviceAccount(),
        resources.service(),
        resources.configMap(),
        resources.secret(),
        resources.networkPolicy(),
        resources.podGroup().orElseThrow(),
        resources.pod(0, 1));
  }

  private static Container container(Pod pod) {
    return pod.getSpec().getContainers().get(0);
  }

  private static Map<String, String> environment(Pod pod) {
    return container(pod).getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }

  private static String hash(HasMetadata object) {
    return object.getMetadata().getAnnotations().get(Labels.APPLIED_HASH);
  }

  private static ResourceSettings withKey(String key) {
    ResourceSettings usual = Jobs.SETTINGS;
    return new ResourceSettings(
        usual.workerImages(),
        usual.workerUser(),
        usual.reportBase(),
        usual.operatorNamespace(),
        usual.operatorPodLabels(),
        usual.terminationGracePeriod(),
        usual.coschedulingScheduler(),
        new TokenKey(DigestUtils.sha256(key)));
  }
}
