package io.litoperator.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What Prometheus itself makes of the alerts; skipped where {@code promtool} is not installed. */
class AlertsTest {
  @Test
  void alertsFireWhenTheyShould() throws Exception {
    assumeThat(Stream.of(System.getenv("PATH").split(":")))
        .as("promtool on the PATH")
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "promtool")));

    assertThat(promtool("check", "rules", Chart.FOLDER.resolve("files/alerts.yaml").toString()))
        .contains("SUCCESS");
    assertThat(promtool("test", "rules", "src/test/promtool/alerts.yaml")).contains("SUCCESS");
  }

  /** Its output; it must have succeeded. */
  private static String promtool(String... arguments) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toArray(String[]::new))
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }
}
