package io.litoperator.e2e.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.litoperator.api.progress.Activity;
import io.litoperator.api.progress.ProgressReport;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the operator's program tells Prometheus of jobs that train, hang, and recover on a real API
 * server, against what docs/metrics.md, the alert rules and the dashboard say of it.
 */
@Timeout(300)
class MetricsIT {
  private static final Path FILES = LoadBench.REPOSITORY.resolve("charts/lit-operator/files");

  private static final Pattern METRIC = Pattern.compile("\\b(?:lit|operator_sdk)_[a-z_]+\\b");
  private static final Pattern TEMPLATE =
      Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}");
  private static final Pattern VARIABLE = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

  @TempDir static Path folder;
  private static LoadBench bench;
  private static Exposition told;
  private static Instant began;

  @BeforeAll
  static void trainHangAndRecover() throws IOException {
    began = Instant.now();
    bench = LoadBench.start(LoadBench.REPOSITORY, folder, Map.of("LIT_METRICS_INTERVAL", "500ms"));
    bench.pods().run();
    bench.refuseStatus("refused");
    bench.create("refused");
    awaitTold("operator_sdk_reconciliations_failed_total", 1);
    bench.createAll("metrics-", 2);
    bench.pods().awaitSeen(4);
    try (Reports reports = bench.reports()) {
      for (LitTrainingJob job : bench.jobs("metrics-")) {
        take(reports, job, report(1, 1, Activity.PRETRAINING, 0));
        take(reports, job, report(1, 2, Activity.PRETRAINING, 10));
      }
      bench.awaitAll("metrics-", "training", job -> job.getStatus().phase() == Phase.PRETRAINING);
      awaitTold("lit_job_time_to_first_step_seconds_count", 2);
      for (LitTrainingJob job : bench.jobs("metrics-")) {
        take(reports, job, report(2, 3, Activity.WAITING, 5));
      }
      awaitTold("lit_restarts_total", 2);
      for (LitTrainingJob job : bench.jobs("metrics-")) {
        take(reports, job, report(2, 4, Activity.PRETRAINING, 20));
      }
      awaitTold("lit_recovery_seconds_count", 2);
      awaitTold("lit_jobs", Map.of("phase", "Pretraining"), 2);
    }
    told = Exposition.parse(bench.operator().metrics());
  }

  /** Which ends the operator as Kubernetes does, and waits for its end. */
  @AfterAll
  static void end() {
    if (bench != null) {
      bench.close();
    }
  }

  @Test
  void thePageListsEveryMetricWithItsType() throws IOException {
    Map<String, String> documented =
        MetricsPage.read().metrics().stream()
            .collect(Collectors.toMap(MetricsPage.Metric::name, MetricsPage.Metric::type));
    assertThat(documented).hasSizeGreaterThan(20);

    assertThat(told.types()).containsAllEntriesOf(documented);
    assertThat(told.types().keySet())
        .filteredOn(name -> name.startsWith("lit_") && !name.endsWith("_max"))
        .isSubsetOf(documented.keySet());
  }

  @Test
  void unitsAreInTheNames() {
    told.types()
        .forEach(
            (name, type) -> {
              if (name.startsWith("lit_")) {
                assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
                if (Set.of("histogram", "summary").contains(type)) {
                  assertThat(name).endsWith("_seconds");
                }
              }
            });
  }

  @Test
  void labelsAreThoseOfThePageAndBounded() throws IOException {
    for (MetricsPage.Metric metric : MetricsPage.read().metrics()) {
      if (metric.name().startsWith("lit_")) {
        assertThat(told.labels(metric.name())).as(metric.name()).isSubsetOf(metric.labels());
      }
    }
    assertThat(told.values("lit_job_progress_ratio", "job"))
        .containsExactlyInAnyOrder("metrics-0", "metrics-1");
    assertThat(told.values("lit_jobs", "phase")).hasSize(Phase.values().length);
    assertThat(told.values("lit_restarts_total", "reason"))
        .contains("Hang", "NodeLost", "Other")
        .isEqualTo(told.values("lit_recovery_seconds_count", "reason"));
    assertThat(told.values("lit_progress_requests_total", "code"))
        .contains("200")
        .allMatch(code -> code.matches("[2-5]\\d\\d"));
  }

  @Test
  void figuresAreTheJobs() {
    assertThat(told.sum("lit_jobs", Map.of("phase", "Pretraining"))).isEqualTo(2);
    assertThat(told.sum("lit_job_time_to_pods_seconds_count", Map.of())).isEqualTo(2);
    assertThat(told.sum("lit_job_time_to_first_step_seconds_count", Map.of())).isEqualTo(2);
    assertThat(told.sum("lit_restarts_total", Map.of())).isEqualTo(2);
    assertThat(told.sum("lit_job_phase", Map.of("job", "metrics-0", "phase", "Pretraining")))
        .isEqualTo(1);
    assertThat(told.values("lit_jobs_finished_total", "result"))
        .containsExactlyInAnyOrder("Succeeded", "Failed");
    assertThat(told.sum("lit_operator_active", Map.of())).isEqualTo(1);
    assertThat(told.sum("lit_restarts_total", Map.of("reason", "Hang"))).isEqualTo(2);
    assertThat(told.sum("lit_recovery_seconds_count", Map.of())).isEqualTo(2);
    assertThat(told.sum("lit_recovery_seconds_sum", Map.of("reason", "Hang"))).isPositive();
    assertThat(told.sum("lit_progress_requests_total", Map.of("code", "200"))).isEqualTo(8);
  }

  @Test
  void figuresOfAJobAreItsReports() {
    Map<String, Double> expected =
        Map.of(
            "progress_ratio", 0.01,
            "loss", 2.5,
            "instruction_loss", 3.5,
            "response_loss", 2.25,
            "learning_rate", 1e-3,
            "gradient_norm", 1.0,
            "model_flops_utilization", 0.4,
            "samples_per_second", 64.0,
            "tokens_per_second", 4096.0);
    expected.forEach(
        (figure, value) ->
            assertThat(told.sum("lit_job_" + figure, Map.of("job", "metrics-0")))
                .as(figure)
                .isEqualTo(value));
    assertThat(told.sum("lit_job_goodput_ratio", Map.of("job", "metrics-0"))).isBetween(0.0, 1.0);
    assertThat(told.sum("lit_job_last_heartbeat_timestamp_seconds", Map.of("job", "metrics-0")))
        .isBetween(began.toEpochMilli() / 1000.0, Instant.now().toEpochMilli() / 1000.0);
  }

  @Test
  void theFrameworksMetricsAreOfNoSingleJob() {
    assertThat(told.series())
        .filteredOn(series -> !series.name().startsWith("lit_job_"))
        .extracting(Exposition.Series::name)
        .anyMatch(name -> name.startsWith("operator_sdk_"));
    assertThat(told.series())
        .filteredOn(series -> !series.name().startsWith("lit_job_"))
        .noneMatch(series -> series.labels().toString().contains("metrics-0"));
  }

  @Test
  void rulesAndPanelsAskForSeriesLabelsAndValuesThatExist() throws IOException {
    List<JsonNode> asking = asking();
    assertThat(asking).hasSizeGreaterThan(20);
    for (JsonNode node : asking) {
      String expression = node.get("expr").asText();
      List<Selector> selectors = Selector.all(expression);
      assertThat(selectors).as(expression).isNotEmpty();
      selectors.forEach(selector -> assertExists(selector, expression));
      Set<String> labels =
          selectors.stream()
              .flatMap(selector -> told.labels(selector.name()).stream())
              .collect(Collectors.toSet());
      Set<String> grouping = Selector.grouping(expression);
      assertThat(grouping).as(expression).isSubsetOf(labels);
      assertThat(inText(node))
          .as("labels in the words about " + expression)
          .isSubsetOf(grouping.isEmpty() ? labels : grouping);
    }
  }

  private static void assertExists(Selector selector, String expression) {
    assertThat(told.names()).as(expression).contains(selector.name());
    assertThat(told.labels(selector.name()))
        .as(expression)
        .containsAll(selector.matchers().keySet());
    assertThat(selector.grown())
        .as("whether %s is a counter, in %s", selector.name(), expression)
        .isEqualTo(selector.name().matches(".*_(total|count|sum|bucket)"));
    for (String label : List.of("phase", "result", "reason")) {
      if (selector.matchers().containsKey(label)) {
        // Of a single job's phases only that is there which it is in.
        String all = label.equals("phase") ? "lit_jobs" : selector.name();
        assertThat(told.values(all, label))
            .as(expression)
            .contains(selector.matchers().get(label).split("\\|"));
      }
    }
  }

  @Test
  void variablesOfTheDashboardAreValuesOfLabelsThatExist() throws IOException {
    Matcher values = VARIABLE.matcher(Files.readString(FILES.resolve("dashboard.json")));
    assertThat(values.results())
        .isNotEmpty()
        .allSatisfy(match -> assertThat(told.labels(match.group(1))).contains(match.group(2)));
  }

  @Test
  void thePageListsEveryAlertWithItsSeverity() throws IOException {
    JsonNode alerts =
        Serialization.unmarshal(Files.readString(FILES.resolve("alerts.yaml")), JsonNode.class);
    List<String> rules = new ArrayList<>();
    for (JsonNode rule : alerts.findParents("alert")) {
      rules.add(rule.get("alert").asText() + " " + rule.at("/labels/severity").asText());
    }
    assertThat(rules).isNotEmpty();
    assertThat(MetricsPage.read().alerts()).isEqualTo(rules);
  }

  @Test
  void noPageNamesAMetricThatDoesNotExist() throws IOException {
    try (Stream<Path> pages =
        Stream.concat(
            Files.list(LoadBench.REPOSITORY.resolve("docs")),
            Stream.of(LoadBench.REPOSITORY.resolve("README.md")))) {
      for (Path page : pages.filter(path -> path.toString().endsWith(".md")).toList()) {
        assertThat(METRIC.matcher(Files.readString(page)).results().map(MatchResult::group))
            .as(page.toString())
            .allMatch(name -> told.names().contains(name) || told.types().containsKey(name));
      }
    }
  }

  private static void awaitTold(String name, double least) {
    awaitTold(name, Map.of(), least);
  }

  private static void awaitTold(String name, Map<String, String> labels, double least) {
    await(name)
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> Exposition.parse(bench.operator().metrics()).sum(name, labels),
            value -> value >= least);
  }

  private static void take(Reports reports, LitTrainingJob job, ProgressReport report) {
    await("report " + report.sequence())
        .atMost(Duration.ofMinutes(1))
        .until(() -> reports.tell(job, bench.coordinator(job), report), code -> code == 200);
  }

  /** Of the second attempt, after a rank hung. */
  private static ProgressReport report(int attempt, long sequence, Activity activity, long step) {
    boolean restarted = attempt > 1;
    return new ProgressReport(
        attempt,
        sequence,
        activity,
        2,
        Reports.progress(step),
        List.of(),
        null,
        List.of(),
        restarted ? Map.of("Hang", 1) : Map.of(),
        restarted
            ? new LastFailure("Hang", "A rank hung.", 77, 1, "node-1", "", Instant.now().toString())
            : null);
  }

  /** All that have an expression: alerts and the targets of panels. */
  private static List<JsonNode> asking() throws IOException {
    List<JsonNode> all =
        new ArrayList<>(
            Serialization.unmarshal(Files.readString(FILES.resolve("alerts.yaml")), JsonNode.class)
                .findParents("expr"));
    all.addAll(
        new ObjectMapper().readTree(FILES.resolve("dashboard.json").toFile()).findParents("expr"));
    return all;
  }

  /** Labels whose values an alert's sentences or a panel's legend show. */
  private static Set<String> inText(JsonNode node) {
    return TEMPLATE
        .matcher(node.toString())
        .results()
        .map(match -> match.group(1))
        .collect(Collectors.toSet());
  }
}
