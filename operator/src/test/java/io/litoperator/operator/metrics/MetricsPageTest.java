package io.litoperator.operator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.operator.progress.AllMeters;
import io.litoperator.operator.tls.IssuedInMemory;
import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is written about metrics is true of the registry, which is of the kind that Quarkus uses.
 */
@SuppressWarnings("deprecation")
class MetricsPageTest {
  private static final Path ROOT = Path.of("..");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| (\\w+) \\|");
  private static final Pattern TYPE = Pattern.compile("(?m)^# TYPE (\\w+) (\\w+)$");
  private static final Pattern NAME = Pattern.compile("\\b(?:lit|operator_sdk)_[a-z_]+\\b");

  @Test
  void thePageListsEveryMetricWithItsType() throws IOException {
    Map<String, String> documented =
        matches(ROW, Files.readString(ROOT.resolve("docs/metrics.md")));
    Map<String, String> exported = exported();

    assertThat(exported).containsAllEntriesOf(documented);
    exported.keySet().removeIf(name -> !name.startsWith("lit_") || name.endsWith("_max"));
    assertThat(documented.keySet()).containsAll(exported.keySet());
  }

  @ParameterizedTest
  @ValueSource(strings = {"alerts.yaml", "dashboard.json"})
  void rulesAndPanelsAskForMetricsThatExist(String file) throws IOException {
    String text = Files.readString(ROOT.resolve("charts/lit-operator/files").resolve(file));
    Set<String> known = series();

    assertThat(NAME.matcher(text).results().map(MatchResult::group).collect(Collectors.toSet()))
        .isNotEmpty()
        .isSubsetOf(known);
  }

  private static Map<String, String> matches(Pattern pattern, String text) {
    return pattern
        .matcher(text)
        .results()
        .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2), (a, b) -> a, TreeMap::new));
  }

  private static Map<String, String> exported() {
    return matches(TYPE, scrape());
  }

  /** Metrics, and what histograms and summaries are made of. */
  private static Set<String> series() {
    Set<String> names = new TreeSet<>();
    exported()
        .forEach(
            (name, type) -> {
              names.add(name);
              if (type.equals("histogram") || type.equals("summary")) {
                names.addAll(List.of(name + "_sum", name + "_count"));
              }
              if (type.equals("histogram")) {
                names.add(name + "_bucket");
              }
            });
    return names;
  }

  private static String scrape() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    AllMeters.register(registry);
    CertificateExpiry.bind(new IssuedInMemory("localhost").certificates(), registry);
    Observed training = Observed.created("a").withPods().trained(1, 9, 40);
    JobMetrics jobs = new JobMetrics(registry, 10);
    jobs.look(() -> List.of(training.job()), Observed.at(41));
    jobs.look(() -> List.of(training.trained(1, 19, 60).job()), Observed.at(61));
    reconcile(ReconcileMetrics.of(registry), training.job());
    return registry.scrape();
  }

  /** Shows the framework's metrics as a registered controller's reconciles do. */
  private static void reconcile(Metrics metrics, LitTrainingJob job) {
    Map<String, Object> controller = Map.of(Constants.CONTROLLER_NAME, "littrainingjob");
    try (KubernetesClient client = new KubernetesClientBuilder().build()) {
      new Operator(settings -> settings.withKubernetesClient(client).withMetrics(metrics))
          .register(new Nothing());
      metrics.reconcileCustomResource(job, null, controller);
      metrics.finishedReconciliation(job, controller);
      metrics.failedReconciliation(job, new IllegalStateException(), controller);
      metrics.timeControllerExecution(new Reconcile());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @ControllerConfiguration(name = "littrainingjob")
  private static final class Nothing implements Reconciler<LitTrainingJob> {
    @Override
    public UpdateControl<LitTrainingJob> reconcile(
        LitTrainingJob job, Context<LitTrainingJob> context) {
      return UpdateControl.noUpdate();
    }
  }

  /** One that ends well. */
  private static final class Reconcile implements Metrics.ControllerExecution<String> {
    @Override
    public String name() {
      return "reconcile";
    }

    @Override
    public String controllerName() {
      return "littrainingjob";
    }

    @Override
    public String successTypeName(String result) {
      return "status";
    }

    @Override
    public ResourceID resourceID() {
      return new ResourceID("a", "team");
    }

    @Override
    public Map<String, Object> metadata() {
      return Map.of();
    }

    @Override
    public String execute() {
      return "done";
    }
  }
}
