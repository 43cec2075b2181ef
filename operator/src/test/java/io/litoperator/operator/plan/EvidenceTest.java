package io.litoperator.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is left of a worker's log when its Pod is replaced. */
class EvidenceTest {
  private static final String LOG =
      """
      finetune 41/160  loss 2.31

      # A fatal error has been detected by the Java Runtime Environment:
      #
      #  SIGSEGV (0xb) at pc=0x00007f2a, pid=1, tid=23
      """;

  @ParameterizedTest(name = "exit code {0}, {1}")
  @CsvSource({
    "137, OOMKilled, OOMKilled, 'The worker of Pod job-1 was killed for using more memory than its limit.'",
    "137, Error, PodFailed, The worker of Pod job-1 was ended by signal 9.",
    "134, Error, PodFailed, The worker of Pod job-1 was ended by signal 6.",
    "71, Error, AcceleratorFault, The worker of Pod job-1 exited with code 71.",
  })
  void ofAWorkerThatCouldNotSayWhyItIsItsLastLines(
      int code, String kubelets, String reason, String message) {
    assertThat(failure(code, kubelets, "\n" + LOG))
        .isEqualTo(
            new LastFailure(
                reason, message, code, null, "node-1", LOG.strip(), "2026-01-01T00:00:00Z"));
  }

  @Test
  void ofAWorkerThatSaysWhyItIsWhatItSays() {
    assertThat(
            failure(
                70,
                "Error",
                "{\"lastFailure\": {\"reason\": \"RankFailed\", \"evidence\": \"at Step.run\"}}"))
        .returns("RankFailed", LastFailure::reason)
        .returns("at Step.run", LastFailure::evidence);
  }

  @Test
  void aLogOfJsonIsALog() {
    String log = "{\"level\": \"ERROR\"}\n{\"level\": \"FATAL\"}";

    assertThat(failure(1, "Error", log)).returns(log, LastFailure::evidence);
  }

  @ParameterizedTest
  @CsvSource(
      value = {"null", "''", "' \n'"},
      nullValues = "null")
  void withoutALogThereIsNone(String log) {
    assertThat(failure(137, "Error", log)).returns(null, LastFailure::evidence);
  }

  private static LastFailure failure(int code, String kubelets, String log) {
    return Scene.training("").exit(1, code, kubelets, log).carryOut().status().lastFailure();
  }
}
