package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.litoperator.operator.config.OperatorSettings;
import io.litoperator.operator.metrics.MetricsSettings;
import io.litoperator.operator.progress.ProgressSettings;
import io.litoperator.operator.tls.TlsSettings;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart and the documentation are about the settings that the operator has. */
class SettingsTest {
  private static final Path TABLE = Path.of("../docs/install.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(LIT_[A-Z_]+)` \\| (?:`(.*?)` )?\\|");

  /** How application.properties passes a variable on to Quarkus. */
  private static final Pattern PASSED_ON = Pattern.compile("\\$\\{(LIT_[A-Z_]+):(.*)}");

  private final Map<String, String> settings = settings();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "watchNamespaces: [vision]",
        "workerImage: {pullPolicy: Never, pullSecrets: [mirror]}",
        "certManager: {enabled: true, issuerRef: {name: internal}}"
      })
  void variablesOfTheChartAreSettings(String values) {
    assertThat(
            Chart.render(values)
                .only(Deployment.class)
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .get(0)
                .getEnv())
        .extracting(EnvVar::getName)
        .allMatch(settings::containsKey);
  }

  @Test
  void allAreDocumentedWithTheirDefaults() throws IOException {
    Map<String, String> documented =
        ROW.matcher(Files.readString(TABLE))
            .results()
            .collect(
                Collectors.toMap(
                    row -> row.group(1), row -> Objects.requireNonNullElse(row.group(2), "")));

    assertThat(documented).containsExactlyInAnyOrderEntriesOf(settings);
  }

  /** Variables and their defaults; empty for none. */
  private static Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    Stream.of(
            OperatorSettings.class,
            TlsSettings.class,
            MetricsSettings.class,
            ProgressSettings.class)
        .map(ConfigClass::configClass)
        .map(ConfigMappings::getProperties)
        .flatMap(properties -> properties.entrySet().stream())
        .filter(property -> !property.getValue().isGroup())
        .forEach(
            property ->
                settings.put(
                    variable(property.getKey()),
                    property.getValue().hasDefaultValue()
                        ? property.getValue().getDefaultValue()
                        : ""));
    properties().values().stream()
        .map(value -> PASSED_ON.matcher(value.toString()))
        .filter(Matcher::matches)
        .forEach(value -> settings.put(value.group(1), value.group(2)));
    return settings;
  }

  private static Properties properties() {
    Properties properties = new Properties();
    try (InputStream in = OperatorSettings.class.getResourceAsStream("/application.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties;
  }

  /** Entries of lists and maps, {@code [*]} and {@code .*}, are given in one. */
  private static String variable(String property) {
    return property
        .replaceAll("(\\[\\*]|\\.\\*)$", "")
        .replaceAll("[^A-Za-z0-9]", "_")
        .toUpperCase(Locale.ROOT);
  }
}
