package io.litoperator.e2e.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.Pod;
import io.litoperator.api.v1alpha1.LitTrainingJobStatus.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 2. Two nodes with one rank each train together. */
@Scenario
@Order(2)
class TwoNodesIT {
  private final Testbed testbed;

  TwoNodesIT(Testbed testbed) {
    this.testbed = testbed;
  }

  @Test
  void lossesEqualThoseOfARunOnThisMachine(@TempDir Path folder) {
    JobFile short2 =
        JobFile.shortQuickstart(Testbed.repository(), "two-nodes")
            .with("/spec/pretrain/maxSteps", 8)
            .with("/spec/finetune/maxSteps", 8)
            .onTwoNodes();
    CompletableFuture<Map<String, Double>> here =
        CompletableFuture.supplyAsync(() -> runHere(short2, folder));
    Map<String, Double> together;
    try (RunningJob job = testbed.apply(short2)) {
      job.await(Phase.FINETUNING, Duration.ofMinutes(5));
      List<Pod> pods = job.pods();
      job.await(Phase.SUCCEEDED, Duration.ofMinutes(8));

      assertThat(pods)
          .extracting(pod -> pod.getSpec().getNodeName())
          .containsExactlyInAnyOrder("node1", "node2");
      together = losses(job.steps().journal().entries().stream().map(seen -> seen.what().event()));
    }

    Map<String, Double> alone = here.join();

    assertThat(together.keySet()).isEqualTo(alone.keySet()).hasSize(16);
    together.forEach(
        (step, loss) -> assertThat(loss).as(step).isCloseTo(alone.get(step), within(1e-5)));
  }

  /** The same ranks in one node's place. */
  private static Map<String, Double> runHere(JobFile job, Path folder) {
    Path file = Testbed.repository().resolve("examples/quickstart/two-ranks-e2e.yaml");
    try {
      Files.writeString(
          file,
          job.with("/spec/topology/nodes", 1)
              .with("/spec/topology/ranksPerNode", 2)
              .with("/spec/checkpoints/destination", null)
              .with("/spec/evaluate", null)
              .yaml());
      try {
        String told = Worker.lit("run", file.toString(), "--output", folder.toString(), "--json");
        return losses(told.lines().filter(line -> line.startsWith("{")).map(TwoNodesIT::parse));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode parse(String line) {
    try {
      return new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, Double> losses(Stream<JsonNode> events) {
    Map<String, Double> losses = new LinkedHashMap<>();
    events
        .filter(event -> event.path("event").asText().equals("step"))
        .forEach(
            event ->
                losses.put(
                    event.path("stage").asText() + "-" + event.path("step").asLong(),
                    event.path("loss").asDouble()));
    return losses;
  }
}
