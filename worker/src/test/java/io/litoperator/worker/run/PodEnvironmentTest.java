package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.checkpoint.AttemptFile;
import io.litoperator.worker.distributed.agent.NodeIdentity;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodEnvironmentTest {
  private final Map<String, String> variables =
      new HashMap<>(
          Map.of(
              "NODE_RANK", "1",
              "LIT_ATTEMPT", "4",
              "POD_UID", "3f1c",
              "POD_IP", "10.1.2.3",
              "NODE_NAME", "worker-b"));

  @Test
  void filesAreWhereThePodHasThem() {
    PodEnvironment pod = new PodEnvironment(variables);

    assertThat(pod.node()).isEqualTo(new NodeIdentity(1, "3f1c", 4, "worker-b"));
    assertThat(pod.job()).isEqualTo(Path.of("/etc/lit/job.yaml"));
    assertThat(pod.claims()).isEqualTo(Path.of("/mnt/claims"));
    assertThat(pod.address().getHostAddress()).isEqualTo("10.1.2.3");
    assertThat(pod.endpoint()).isEmpty();
  }

  @Test
  void theJobIsNamedWhereTheOperatorNamesIt() {
    assertThat(new PodEnvironment(variables).owner()).isEmpty();
    variables.putAll(Map.of("LIT_NAMESPACE", "team", "LIT_JOB_UID", "9b2e"));
    assertThat(new PodEnvironment(variables).owner())
        .contains(new AttemptFile.Owner("team", "9b2e"));
  }

  @Test
  void thePodsLogHasWhatRanksPrintUnlessTheJobSaysOtherwise() {
    assertThat(new PodEnvironment(variables).showsRanks()).isTrue();
    variables.put("LIT_RANK_OUTPUT", "files");
    assertThat(new PodEnvironment(variables).showsRanks()).isFalse();
    variables.put("LIT_RANK_OUTPUT", "no");
    assertThatThrownBy(() -> new PodEnvironment(variables).showsRanks())
        .isInstanceOf(Failure.class)
        .hasMessageContaining("LIT_RANK_OUTPUT is 'no'; it can be log or files");
  }

  @Test
  void reportsGoWhereTheOperatorSays() {
    variables.put("LIT_REPORT_URL", "https://lit-operator.lit.svc:8443/progress");

    assertThat(new PodEnvironment(variables).endpoint())
        .hasValueSatisfying(
            endpoint -> {
              assertThat(endpoint.url()).hasHost("lit-operator.lit.svc").hasPort(8443);
              assertThat(endpoint.token()).isEqualTo(Path.of("/var/run/secrets/lit/token"));
              assertThat(endpoint.certificates()).isEqualTo(Path.of("/etc/lit/ca.crt"));
            });
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource({"NODE_RANK, one", "LIT_ATTEMPT, ''", "POD_UID, ''", "NODE_NAME, ''"})
  void aWrongVariableIsNamed(String name, String value) {
    variables.put(name, value);

    assertThatThrownBy(() -> new PodEnvironment(variables).node())
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining(name);
  }

  @Test
  void aMissingSecretIsNamed(@TempDir Path folder) {
    variables.put("LIT_CONFIG", folder.toString());

    assertThatThrownBy(() -> new PodEnvironment(variables).secret())
        .hasMessageContaining(folder.resolve("token").toString());
  }
}
