package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.litoperator.operator.progress.ProgressSettings;
import io.litoperator.operator.resource.ResourceSettings;
import io.smallrye.config.WithDefault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RenderTest {
  private static final String CRD = "littrainingjobs.lit-operator.io.yaml";
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  @Test
  void lintFindsNothing() {
    LintResult lint = new Helm(Chart.FOLDER).lint().strict().call();
    assertThat(lint.isFailed()).as(() -> String.join("\n", lint.getMessages())).isFalse();
  }

  @Test
  void versionIsTheProjects() throws IOException {
    String version = System.getProperty("lit.version");
    assertThat(Files.readAllLines(Chart.FOLDER.resolve("Chart.yaml")))
        .contains("version: " + version, "appVersion: " + version);
  }

  @Test
  void carriesTheCrdOfTheTypes() throws IOException {
    String generated = Files.readString(Path.of("../crds", CRD));
    Path copy = Chart.FOLDER.resolve("files").resolve(CRD);
    if (Boolean.getBoolean("lit.crd.write")) {
      Files.writeString(copy, generated);
    }
    assertThat(copy)
        .as("refresh with: mvn -pl crds,charts -am test -Dlit.crd.write=true")
        .hasContent(generated);
  }

  @Test
  void appliesTheCrdAsItIsAndKeepsItWhenUninstalled() throws IOException {
    CustomResourceDefinition rendered = Chart.render("{}").only(CustomResourceDefinition.class);
    CustomResourceDefinition generated =
        YAML.unmarshal(Files.readString(Path.of("../crds", CRD)), CustomResourceDefinition.class);
    assertThat(tree(rendered).equals(RenderTest::compareNumbersByValue, tree(generated))).isTrue();
    assertThat(rendered.getMetadata().getName()).isEqualTo(generated.getMetadata().getName());
    assertThat(rendered.getMetadata().getAnnotations())
        .containsEntry("helm.sh/resource-policy", "keep");
  }

  private static JsonNode tree(CustomResourceDefinition crd) {
    return YAML.convertValue(crd.getSpec(), JsonNode.class);
  }

  /** Helm writes 1.0 as 1. */
  private static int compareNumbersByValue(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber()
        ? a.decimalValue().compareTo(b.decimalValue())
        : a.equals(b) ? 0 : 1;
  }

  @Test
  void crdCanBeLeftToOthers() {
    assertThat(Chart.render("crds: {enabled: false}").all(CustomResourceDefinition.class))
        .isEmpty();
    assertThat(
            Chart.render("crds: {keep: false}")
                .only(CustomResourceDefinition.class)
                .getMetadata()
                .getAnnotations())
        .isNullOrEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          default              | {}
          one namespace        | watchNamespaces: [lit-system]
          several namespaces   | watchNamespaces: [vision, language]
          cert-manager         | certManager: {enabled: true, issuerRef: {name: internal}}
          durations as Go's    | certManager: {enabled: true, issuerRef: {name: internal}, duration: 2160h0m0s, renewBefore: 360h30m}
          images' secrets      | {imagePullSecrets: [{name: registry}], workerImage: {pullSecrets: [registry]}}
          monitoring           | {serviceMonitor: {enabled: true}, dashboard: {enabled: true}, prometheusRule: {enabled: true}}
          high availability    | {replicas: 2, priorityClassName: system-cluster-critical}
          digests and a mirror | {imageRegistry: example.com/mirror, image: {tag: v9}}
          placed               | {nodeSelector: {pool: system}, tolerations: [{key: system, operator: Exists}], podLabels: {team: ml}, podAnnotations: {note: here}}
          bare                 | {rbac: {create: false, aggregate: false}, serviceAccount: {create: false}, networkPolicy: {enabled: false}, topologyKeys: []}
          """)
  void everyObjectIsNamedLabelledAndInItsPlace(String name, String values) {
    List<HasMetadata> objects = Chart.render(values).objects();
    assertThat(objects).hasSizeGreaterThanOrEqualTo(3);
    assertThat(objects)
        .allSatisfy(
            object -> {
              assertThat(object.getMetadata().getName()).isNotBlank();
              assertThat(object.getMetadata().getLabels())
                  .containsEntry("app.kubernetes.io/name", "lit-operator")
                  .containsEntry("app.kubernetes.io/managed-by", "Helm");
            });
    assertThat(objects)
        .extracting(
            object ->
                List.of(
                    object.getKind(),
                    String.valueOf(object.getMetadata().getNamespace()),
                    object.getMetadata().getName()))
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          unknown value       | replica: 2                             | replica
          replicas            | replicas: -1                           | replicas
          namespace           | watchNamespaces: [Vision]              | watchNamespaces
          log level           | log: {level: LOUD}                     | level
          issuer without name | certManager: {enabled: true}           | name
          interval            | serviceMonitor: {interval: 30}         | interval
          digest              | image: {digest: latest}                | digest
          secrets to pull     | image: {pullSecrets: [registry]}       | pullSecrets
          one worker's image  | workerImage: {repository: ours}        | repository
          worker's secrets    | workerImage: {cuda: {pullSecrets: []}} | pullSecrets
          root                | workerPods: {user: 0}                  | user
          grace in words      | workerPods: {terminationGracePeriod: 90} | terminationGracePeriod
          duration            | certManager: {duration: 90d}           | duration
          no duration         | certManager: {duration: 0h}            | duration
          """)
  void valuesThatMakeNoSenseAreRefused(String name, String values, String field) {
    assertThatThrownBy(() -> Chart.render(values)).hasMessageContaining(field);
  }

  /** Pods are told one port; the endpoint listens at another setting's default. */
  @Test
  void jobsReportToThePortThatTheEndpointHas() throws NoSuchMethodException {
    assertThat(ProgressSettings.class.getMethod("port").getAnnotation(WithDefault.class).value())
        .isEqualTo(String.valueOf(ResourceSettings.REPORT_PORT));
    assertThat(
            Chart.render("{}")
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getPorts())
        .filteredOn(port -> port.getName().equals("progress"))
        .extracting(ContainerPort::getContainerPort)
        .containsExactly(ResourceSettings.REPORT_PORT);
  }

  @Test
  void serviceLeadsToTheProgressEndpointAndTheMetrics() {
    Service service = Chart.render("{}").only(Service.class);
    assertThat(service.getMetadata().getName()).isEqualTo("lit-operator");
    assertThat(service.getSpec().getPorts())
        .extracting(ServicePort::getName, ServicePort::getPort)
        .containsExactlyInAnyOrder(
            tuple("progress", ResourceSettings.REPORT_PORT), tuple("http", 8080));
  }

  @Test
  void onlyJobsOfWatchedNamespacesReachTheProgressEndpoint() {
    NetworkPolicy policy =
        Chart.render("watchNamespaces: [vision, language]").only(NetworkPolicy.class);
    assertThat(policy.getSpec().getIngress().get(0).getFrom())
        .singleElement()
        .satisfies(
            peer -> {
              assertThat(peer.getNamespaceSelector().getMatchExpressions().get(0).getValues())
                  .containsExactly("vision", "language");
              assertThat(peer.getPodSelector().getMatchExpressions().get(0).getKey())
                  .isEqualTo("lit-operator.io/job");
            });
    assertThat(
            Chart.render("{}")
                .only(NetworkPolicy.class)
                .getSpec()
                .getIngress()
                .get(0)
                .getFrom()
                .get(0)
                .getNamespaceSelector()
                .getMatchExpressions())
        .isEmpty();
  }

  @Test
  void metricsAreForThoseWhoAreNamed() {
    assertThat(ingressPorts("{}")).containsExactly("progress", "http");
    assertThat(ingressPorts("networkPolicy: {metricsFrom: []}")).containsExactly("progress");
  }

  @Test
  void reportsMayComeFromNodesToo() {
    assertThat(
            Chart.render("networkPolicy: {progressFrom: [{ipBlock: {cidr: 10.0.0.0/16}}]}")
                .only(NetworkPolicy.class)
                .getSpec()
                .getIngress()
                .get(0)
                .getFrom())
        .hasSize(2)
        .last()
        .returns("10.0.0.0/16", peer -> peer.getIpBlock().getCidr());
  }

  private static List<String> ingressPorts(String values) {
    return Chart.render(values).only(NetworkPolicy.class).getSpec().getIngress().stream()
        .flatMap(rule -> rule.getPorts().stream())
        .map(port -> port.getPort().getStrVal())
        .toList();
  }

  @Test
  void disruptionBudgetIsForSeveralReplicasOnly() {
    assertThat(Chart.render("{}").all(PodDisruptionBudget.class)).isEmpty();
    assertThat(Chart.render("replicas: 2").only(PodDisruptionBudget.class).getSpec())
        .satisfies(spec -> assertThat(spec.getMaxUnavailable().getIntVal()).isEqualTo(1));
  }
}
