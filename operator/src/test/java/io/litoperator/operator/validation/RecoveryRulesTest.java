package io.litoperator.operator.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.job.Problem;
import io.litoperator.operator.resource.AdmittedJobs;
import io.litoperator.operator.status.RestartReason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecoveryRulesTest {
  private static final Path DOCUMENTED = Path.of("../docs/kubernetes.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| ([A-Z][A-Za-z, ]+) \\|.*\\| (yes|no) \\|$");

  /** A job's owner may change the number of nodes; no rule is asked. */
  private static final Set<String> NO_FAILURE = Set.of("Resized");

  @ParameterizedTest
  @ValueSource(strings = {"71", "1", "255", "OOMKilled", "Hang", "NodeShutdown", "OutOfcpu"})
  void takesWhatAFailureMayBeCalled(String word) {
    assertThat(problems(word)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "OOMKiled | no failure is called 'OOMKiled'; did you mean OOMKilled?",
        "oomkilled | no failure is called 'oomkilled'; did you mean OOMKilled?",
        "PodFault | no failure is called 'PodFault'; did you mean PodFailed?",
        "Resized | no failure is called 'Resized'; give an exit code, or one of",
        "X | no failure is called 'X'; give an exit code, or one of AcceleratorFault, Evicted",
        "0 | no failure has exit code 0; they are from 1 to 255",
        "256 | no failure has exit code 256; they are from 1 to 255",
        "071 | no failure has exit code 071; they are from 1 to 255, without leading zeros",
        "007 | no failure has exit code 007; they are from 1 to 255, without leading zeros",
      })
  void tellsTheNearWords(String word, String text) {
    assertThat(problems(word))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.path()).isEqualTo("spec.recovery.rules[0].on");
              assertThat(problem.text()).startsWith(text);
            });
  }

  @Test
  void reasonsAreTheDocumentedOnes() throws IOException {
    Set<String> documented =
        ROW.matcher(Files.readString(DOCUMENTED))
            .results()
            .flatMap(row -> Pattern.compile(", ").splitAsStream(row.group(1)))
            .collect(Collectors.toCollection(TreeSet::new));
    documented.removeAll(NO_FAILURE);

    assertThat(RestartReason.failures()).containsExactlyInAnyOrderElementsOf(documented);
  }

  private static List<Problem> problems(String word) {
    return JobValidation.problems(
        AdmittedJobs.withSpec("recovery: {rules: [{'on': '%s', action: fail}]}\n".formatted(word)));
  }
}
