package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.api.v1alpha1.LitTrainingJob;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.SavedCheckpoint;
import io.litoperator.controlplane.Binaries;
import io.litoperator.controlplane.Binary;
import io.litoperator.controlplane.Command;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 1. Apply, and the job succeeds. */
@Scenario
@Order(1)
class SucceedingJobIT {
  private static Testbed testbed;
  private static RunningJob job;
  private static LitTrainingJobStatus end;

  @BeforeAll
  static void runTheQuickstart(Testbed testbed) {
    SucceedingJobIT.testbed = testbed;
    job = testbed.apply(JobFile.shortQuickstart(Testbed.repository(), "quickstart"));
    end = job.await(Phase.SUCCEEDED, Duration.ofMinutes(8));
  }

  @AfterAll
  static void delete() {
    job.close();
  }

  @Test
  void itsPhasesAreInOrder() {
    List<Phase> phases = new ArrayList<>();
    for (Journal.Entry<LitTrainingJob> entry : job.journal().entries()) {
      LitTrainingJobStatus status = entry.what().getStatus();
      if (phases.isEmpty() || status.phase() != phases.get(phases.size() - 1)) {
        phases.add(status.phase());
      }
    }

    assertThat(phases)
        .startsWith(Phase.PENDING)
        .contains(Phase.STARTING)
        .doesNotContain(Phase.RESTARTING, Phase.FAILED);
    assertThat(phases.stream().dropWhile(phase -> phase != Phase.PRETRAINING))
        .containsExactly(Phase.PRETRAINING, Phase.FINETUNING, Phase.EVALUATING, Phase.SUCCEEDED);
  }

  @Test
  void theFinalStatusTellsScoresCheckpointAndProgress() {
    assertThat(end.progress().percent()).isEqualTo(100);
    assertThat(end.evaluations())
        .extracting(LitTrainingJobStatus.Evaluation::task)
        .contains("answers", "pope", "chair", "visualContribution");
    SavedCheckpoint latest = end.checkpoints().get(end.checkpoints().size() - 1);
    assertThat(end.latestCheckpoint()).isEqualTo(latest.stage() + "-" + latest.step());
    assertThat(latest.digest()).matches("(sha256:)?[0-9a-f]{64}");
    assertThat(latest.step()).isEqualTo(30);
  }

  @Test
  void theOperatorsLogNamesJobAndAttemptInJson() {
    List<JsonNode> lines =
        testbed
            .client()
            .pods()
            .resource(testbed.operatorPod())
            .getLog()
            .lines()
            .filter(line -> line.contains("quickstart"))
            .map(SucceedingJobIT::parse)
            .toList();

    assertThat(lines)
        .isNotEmpty()
        .allSatisfy(
            line -> {
              assertThat(line.at("/mdc/job").asText()).isEqualTo("jobs/quickstart");
              assertThat(line.at("/mdc/attempt").asText()).isEqualTo("1");
            });
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new AssertionError("no JSON: " + line, e);
    }
  }

  @Test
  void kubectlWaits() {
    String told =
        Command.run(
            Binaries.ofThisMachine().path(Binary.KUBECTL).toString(),
            "--kubeconfig=" + testbed.cluster().server().kubeconfig(),
            "--namespace=" + Testbed.NAMESPACE,
            "wait",
            "--for=condition=Succeeded",
            "--timeout=10s",
            "ltj/quickstart");

    assertThat(told).contains("condition met");
  }

  @Test
  void theCheckpointExportsAndAnswers(@TempDir Path folder) {
    Path checkpoint =
        testbed.checkpoints().resolve("jobs/quickstart").resolve(end.latestCheckpoint());
    Path image = Testbed.repository().resolve("examples/quickstart/data/evaluate");

    Worker.lit("export", checkpoint.toString(), "--to", folder.resolve("export").toString());
    String answer =
        Worker.lit(
            "generate",
            checkpoint.toString(),
            "--image",
            Pictures.anyIn(image).toString(),
            "--prompt",
            "What is in the picture?");

    assertThat(folder.resolve("export/config.json")).exists();
    assertThat(answer).isNotBlank();
  }
}
