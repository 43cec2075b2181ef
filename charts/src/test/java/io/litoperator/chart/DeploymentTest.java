package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeploymentTest {
  private static final String VERSION = System.getProperty("lit.version");

  @Test
  void runsWithoutRightsOnANodeAndOnAReadOnlyRoot() {
    PodSpec pod = pod("{}");
    assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
    assertThat(container(pod).getSecurityContext())
        .satisfies(
            context -> {
              assertThat(context.getReadOnlyRootFilesystem()).isTrue();
              assertThat(context.getAllowPrivilegeEscalation()).isFalse();
              assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
            });
    assertThat(container(pod).getResources().getLimits()).containsKey("memory");
    assertThat(container(pod).getResources().getRequests()).containsKeys("cpu", "memory");
  }

  @Test
  void portsAndSelectorAreThoseOfTheService() {
    Manifests manifests = Chart.render("{}");
    Deployment deployment = manifests.only(Deployment.class);
    Service service = manifests.only(Service.class);
    Container operator = container(deployment.getSpec().getTemplate().getSpec());
    assertThat(service.getSpec().getPorts())
        .allSatisfy(
            port ->
                assertThat(operator.getPorts())
                    .anyMatch(
                        own ->
                            own.getName().equals(port.getTargetPort().getStrVal())
                                && own.getContainerPort().equals(port.getPort())));
    assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
        .containsAllEntriesOf(service.getSpec().getSelector())
        .containsAllEntriesOf(deployment.getSpec().getSelector().getMatchLabels());
  }

  @Test
  void probesAskWhatQuarkusAnswers() {
    Container operator = container(pod("{}"));
    assertThat(
            Stream.of(
                    operator.getStartupProbe(),
                    operator.getLivenessProbe(),
                    operator.getReadinessProbe())
                .map(probe -> probe.getHttpGet().getPath()))
        .containsExactly("/q/health/started", "/q/health/live", "/q/health/ready");
  }

  @Test
  void namesInTheEnvironmentAreThoseOfTheObjects() {
    assertThat(environment("fullnameOverride: trainer"))
        .containsEntry("LIT_SERVICE_NAME", "trainer")
        .containsEntry("LIT_LEADER_ELECTION_LEASE", "trainer")
        .containsEntry("LIT_TLS_SECRET", "trainer-tls")
        .containsEntry("LIT_KEY_SECRET", "trainer-key")
        .doesNotContainKey("LIT_TLS_PROVIDED");
  }

  @Test
  void certificateOfCertManagerIsTheOneThatIsServed() {
    String values = "certManager: {enabled: true, issuerRef: {name: internal}}";
    assertThat(environment(values))
        .containsEntry("LIT_TLS_PROVIDED", "lit-operator-tls")
        .doesNotContainKey("LIT_TLS_SECRET");
    assertThat(Chart.render(values).all("Certificate"))
        .singleElement()
        .satisfies(
            certificate -> {
              assertThat(certificate.<String>get("spec", "secretName"))
                  .isEqualTo("lit-operator-tls");
              assertThat(certificate.<List<String>>get("spec", "dnsNames"))
                  .contains("lit-operator.lit-system.svc");
            });
  }

  @Test
  void namespacesAreThoseThatAreWatched() {
    assertThat(environment("{}")).doesNotContainKey("LIT_NAMESPACES");
    assertThat(environment("watchNamespaces: [vision, language]"))
        .containsEntry("LIT_NAMESPACES", "vision,language");
  }

  @Test
  void imagesAreTaggedWithTheVersionUnlessValuesSayOtherwise() {
    assertThat(container(pod("{}")).getImage()).isEqualTo("lit-operator/operator:" + VERSION);
    assertThat(environment("{}"))
        .containsEntry("LIT_WORKER_IMAGE_CPU", "lit-operator/worker-cpu:" + VERSION)
        .containsEntry("LIT_WORKER_IMAGE_CUDA", "lit-operator/worker-cuda:" + VERSION)
        .doesNotContainKeys("LIT_WORKER_IMAGE_PULL_POLICY", "LIT_WORKER_IMAGE_PULL_SECRETS");
    String digest = "sha256:" + "0".repeat(64);
    String values =
        """
        imageRegistry: example.com/mirror/
        image: {tag: v9, digest: "%s"}
        workerImage:
          cpu: {tag: v9}
          cuda: {repository: ours/worker, digest: "%s"}
          pullPolicy: Never
          pullSecrets: [mirror, spare]
        """
            .formatted(digest, digest);
    assertThat(container(pod(values)).getImage())
        .isEqualTo("example.com/mirror/lit-operator/operator@" + digest);
    assertThat(environment(values))
        .containsEntry("LIT_WORKER_IMAGE_CPU", "example.com/mirror/lit-operator/worker-cpu:v9")
        .containsEntry("LIT_WORKER_IMAGE_CUDA", "example.com/mirror/ours/worker@" + digest)
        .containsEntry("LIT_WORKER_IMAGE_PULL_POLICY", "Never")
        .containsEntry("LIT_WORKER_IMAGE_PULL_SECRETS", "mirror,spare");
  }

  @Test
  void workersGetTheirUserAndTheirTime() {
    assertThat(environment("{}"))
        .containsEntry("LIT_WORKER_USER", "65532")
        .containsEntry("LIT_TERMINATION_GRACE_PERIOD", "2m")
        .containsEntry("LIT_STOP_PATIENCE", "5m");
    assertThat(environment("workerPods: {user: 1000680000, terminationGracePeriod: 15m}"))
        .containsEntry("LIT_WORKER_USER", "1000680000")
        .containsEntry("LIT_TERMINATION_GRACE_PERIOD", "15m");
    assertThat(environment("workerPods: {user: null}")).containsEntry("LIT_WORKER_USER", "");
  }

  @Test
  void replicasSpreadOverNodesAndZones() {
    assertThat(pod("replicas: 2").getTopologySpreadConstraints())
        .extracting(constraint -> constraint.getTopologyKey())
        .containsExactly("kubernetes.io/hostname", "topology.kubernetes.io/zone");
  }

  /** As jobs' Pods do: without it, Kubernetes waits for 5 min. */
  @ParameterizedTest
  @ValueSource(strings = {"node.kubernetes.io/unreachable", "node.kubernetes.io/not-ready"})
  void theOperatorLeavesALostNodeSoon(String taint) {
    assertThat(pod("{}").getTolerations())
        .filteredOn(toleration -> taint.equals(toleration.getKey()))
        .singleElement()
        .satisfies(toleration -> assertThat(toleration.getEffect()).isEqualTo("NoExecute"))
        .satisfies(toleration -> assertThat(toleration.getTolerationSeconds()).isEqualTo(30));
  }

  private static PodSpec pod(String values) {
    return Chart.render(values).only(Deployment.class).getSpec().getTemplate().getSpec();
  }

  private static Container container(PodSpec pod) {
    assertThat(pod.getContainers()).hasSize(1);
    return pod.getContainers().get(0);
  }

  /** Without those that Kubernetes fills in. */
  private static Map<String, String> environment(String values) {
    return container(pod(values)).getEnv().stream()
        .filter(variable -> variable.getValue() != null)
        .collect(Collectors.toMap(EnvVar::getName, EnvVar::getValue));
  }
}
