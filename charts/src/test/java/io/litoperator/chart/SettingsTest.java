package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.litoperator.operator.config.OperatorSettings;
import io.litoperator.operator.tls.TlsSettings;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every variable that the chart sets is a setting of the operator. */
class SettingsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "watchNamespaces: [vision]",
        "workerImage: {pullPolicy: Never, pullSecrets: [mirror]}",
        "certManager: {enabled: true, issuerRef: {name: internal}}"
      })
  void variablesAreSettings(String values) throws IOException {
    Set<String> settings =
        Stream.concat(
                Stream.of(OperatorSettings.class, TlsSettings.class)
                    .map(ConfigClass::configClass)
                    .flatMap(mapping -> ConfigMappings.getProperties(mapping).keySet().stream()),
                ownProperties().stream())
            .map(SettingsTest::variable)
            .collect(Collectors.toSet());
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
        .allMatch(settings::contains);
  }

  /** Those that application.properties names, or passes on to Quarkus. */
  private static Set<String> ownProperties() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = OperatorSettings.class.getResourceAsStream("/application.properties")) {
      properties.load(in);
    }
    return Stream.concat(
            properties.stringPropertyNames().stream(),
            properties.values().stream()
                .map(Object::toString)
                .filter(value -> value.startsWith("${"))
                .map(value -> value.replaceAll("^\\$\\{([^:}]*).*$", "$1")))
        .collect(Collectors.toSet());
  }

  private static String variable(String property) {
    return property.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
  }
}
