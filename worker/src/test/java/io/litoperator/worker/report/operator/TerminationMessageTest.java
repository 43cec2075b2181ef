package io.litoperator.worker.report.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Evaluation;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.LastFailure;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.worker.failure.ExitCode;
import io.litoperator.worker.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TerminationMessageTest {
  @Property(tries = 50)
  void aFailureFitsHoweverLongItsEvidence(
      @ForAll @IntRange(max = 20_000) int evidence, @ForAll @IntRange(max = 9_000) int message)
      throws IOException {
    JsonNode told = parsed(TerminationMessage.of(failure(evidence, message))).get("lastFailure");

    assertThat(told.get("exitCode").asInt()).isEqualTo(137);
    if (message < 500) {
      assertThat(told.get("evidence").asText()).endsWith("last line");
    }
  }

  @Property(tries = 50)
  void theCountsOfACoordinatorThatFailsFitBesideItsFailure(
      @ForAll @IntRange(max = 20_000) int evidence, @ForAll @IntRange(max = 9_000) int message)
      throws IOException {
    GangState state =
        GangState.initial(2, new Reporter.Inheritance(checkpoints(), "finetune-3", evaluations()))
            .withFailure(null, Map.of("RankFailed", 3, "Hang", 1));

    JsonNode told = parsed(TerminationMessage.of(failure(evidence, message), state.report(7)));

    assertThat(told.at("/lastFailure/exitCode").asInt()).isEqualTo(137);
    assertThat(told.at("/report/restarts/RankFailed").asInt()).isEqualTo(3);
    assertThat(told.at("/report/restarts/Hang").asInt()).isEqualTo(1);
    assertThat(told.at("/report/sequence").asInt()).isEqualTo(7);
  }

  private static LastFailure failure(int evidence, int message) {
    return new LastFailure(
        "RankFailed",
        "é".repeat(message),
        137,
        1,
        "worker-b",
        "\n".repeat(evidence) + "last line",
        "2026-11-23T08:00:00Z");
  }

  @Test
  void aFinalReportKeepsTheNewestCheckpointAndTheNewestScoresThatFit() throws IOException {
    GangState state =
        GangState.initial(2, new Reporter.Inheritance(checkpoints(), null, evaluations()));

    JsonNode report = parsed(TerminationMessage.of(state.report(7))).get("report");

    assertThat(report.get("attempt").asInt()).isEqualTo(2);
    assertThat(report.get("checkpoints")).hasSize(1);
    assertThat(report.at("/checkpoints/0/step").asInt()).isEqualTo(20);
    JsonNode scores = report.get("evaluations");
    assertThat(scores.size()).isBetween(10, 99);
    assertThat(scores.get(scores.size() - 1).get("metric").asText()).isEqualTo("metric-100");
  }

  private static List<SavedCheckpoint> checkpoints() {
    return LongStream.rangeClosed(1, 20)
        .mapToObj(i -> new SavedCheckpoint("finetune", i, "pvc://c/" + i, 1L, "ab", null, null))
        .toList();
  }

  private static List<Evaluation> evaluations() {
    return LongStream.rangeClosed(1, 100)
        .mapToObj(i -> new Evaluation("task", "metric-" + i, "0.5", 9L, null, i, null))
        .toList();
  }

  @Test
  void aFailureThatNoRankIsToBlameForSaysSo() {
    LastFailure failure =
        TerminationMessage.lastFailure(
            new Failure(ExitCode.STORAGE, "The disk is full."), "worker-a");

    assertThat(failure.reason()).isEqualTo("StorageFault");
    assertThat(failure.exitCode()).isEqualTo(74);
    assertThat(failure.rank()).isNull();
  }

  private static JsonNode parsed(String message) throws IOException {
    assertThat(message.getBytes(StandardCharsets.UTF_8))
        .hasSizeLessThanOrEqualTo(TerminationMessage.MAX_BYTES);
    return new JsonMapper().readTree(message);
  }
}
