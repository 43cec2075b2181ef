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
    LastFailure failure =
        new LastFailure(
            "RankFailed",
            "é".repeat(message),
            137,
            1,
            "worker-b",
            "\n".repeat(evidence) + "last line",
            "2026-11-23T08:00:00Z");

    JsonNode told = parsed(TerminationMessage.of(failure)).get("lastFailure");

    assertThat(told.get("exitCode").asInt()).isEqualTo(137);
    if (message < 500) {
      assertThat(told.get("evidence").asText()).endsWith("last line");
    }
  }

  @Test
  void aFinalReportKeepsTheNewestCheckpointAndTheNewestScoresThatFit() throws IOException {
    List<SavedCheckpoint> checkpoints =
        LongStream.rangeClosed(1, 20)
            .mapToObj(i -> new SavedCheckpoint("finetune", i, "pvc://c/" + i, 1L, "ab", null, null))
            .toList();
    List<Evaluation> evaluations =
        LongStream.rangeClosed(1, 100)
            .mapToObj(i -> new Evaluation("task", "metric-" + i, "0.5", 9L, null, i, null))
            .toList();
    GangState state =
        GangState.initial(2, new Reporter.Inheritance(checkpoints, null, evaluations));

    JsonNode report = parsed(TerminationMessage.of(state.report(7))).get("report");

    assertThat(report.get("attempt").asInt()).isEqualTo(2);
    assertThat(report.get("checkpoints")).hasSize(1);
    assertThat(report.at("/checkpoints/0/step").asInt()).isEqualTo(20);
    JsonNode scores = report.get("evaluations");
    assertThat(scores.size()).isBetween(10, 99);
    assertThat(scores.get(scores.size() - 1).get("metric").asText()).isEqualTo("metric-100");
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
