package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitoringTest {
  private static final Path FILES = Chart.FOLDER.resolve("files");
  private static final KubernetesSerialization YAML = new KubernetesSerialization();

  @Test
  void nothingOfItIsMadeUnlessItIsWanted() {
    Manifests manifests = Chart.render("{}");
    assertThat(manifests.all("ServiceMonitor")).isEmpty();
    assertThat(manifests.all("PrometheusRule")).isEmpty();
    assertThat(manifests.all(ConfigMap.class)).isEmpty();
  }

  @Test
  void metricsAreReadFromTheServicesPort() {
    assertThat(
            Chart.render("serviceMonitor: {enabled: true, labels: {release: prometheus}}")
                .all("ServiceMonitor"))
        .singleElement()
        .satisfies(
            monitor -> {
              assertThat(monitor.getMetadata().getLabels()).containsEntry("release", "prometheus");
              assertThat(monitor.<String>get("spec", "endpoints", 0, "port")).isEqualTo("http");
              assertThat(monitor.<String>get("spec", "endpoints", 0, "path"))
                  .isEqualTo("/q/metrics");
            });
  }

  @Test
  void alertsAreThoseOfTheFile() throws IOException {
    JsonNode file = YAML.unmarshal(Files.readString(FILES.resolve("alerts.yaml")), JsonNode.class);
    assertThat(Chart.render("prometheusRule: {enabled: true}").all("PrometheusRule"))
        .singleElement()
        .satisfies(
            rule -> {
              JsonNode groups =
                  YAML.convertValue(rule.<List<Object>>get("spec", "groups"), JsonNode.class);
              assertThat(groups).isNotEmpty().isEqualTo(file.get("groups"));
            });
  }

  @Test
  void dashboardIsThatOfTheFile() throws IOException {
    ConfigMap dashboard = Chart.render("dashboard: {enabled: true}").only(ConfigMap.class);
    assertThat(dashboard.getMetadata().getLabels()).containsEntry("grafana_dashboard", "1");
    assertThat(dashboard.getData().get("lit-operator.json"))
        .isEqualToIgnoringNewLines(Files.readString(FILES.resolve("dashboard.json")));
  }
}
