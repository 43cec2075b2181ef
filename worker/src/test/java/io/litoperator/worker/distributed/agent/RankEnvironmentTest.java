package io.litoperator.worker.distributed.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.litoperator.worker.distributed.Secret;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RankEnvironmentTest {
  @Property(tries = 50)
  void variablesSayItAll(
      @ForAll @IntRange(max = 1000) int rank,
      @ForAll @IntRange(max = 7) int localRank,
      @ForAll @IntRange(min = 1, max = 65535) int port,
      @ForAll @IntRange(min = 1, max = 1000) int attempt) {
    RankEnvironment environment =
        new RankEnvironment(
            rank, localRank, rank + 1, "10.0.0.1", port, attempt, Secret.random(), "10.0.0.2");

    RankEnvironment read = RankEnvironment.of(environment.toVariables());

    assertThat(read.toVariables()).isEqualTo(environment.toVariables());
    assertThat(read.localRank()).isEqualTo(localRank);
    assertThat(read.toString()).doesNotContain(environment.secret().hex());
  }

  @ParameterizedTest(name = "{0}={1}")
  @CsvSource({
    "RANK, one",
    "RANK, ''",
    "LOCAL_RANK, -1",
    "WORLD_SIZE, -1",
    "MASTER_ADDR, ''",
    "MASTER_PORT, 1e3",
    "LIT_ATTEMPT, ''",
    "LIT_SECRET, xyz"
  })
  void aWrongVariableIsNamed(String name, String value) {
    Map<String, String> variables =
        new HashMap<>(new RankEnvironment(0, 1, "127.0.0.1", 1, 1, Secret.random()).toVariables());
    variables.put(name, value);

    assertThatThrownBy(() -> RankEnvironment.of(variables))
        .isInstanceOfSatisfying(
            Failure.class, f -> assertThat(f.exitCode()).isEqualTo(ExitCode.INVALID))
        .hasMessageContaining(name);
  }
}
