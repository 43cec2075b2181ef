package io.litoperator.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.report.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code lit run --profile} leaves. */
@Timeout(120)
class ProfileIT {
  @TempDir Path folder;

  @Test
  void theStepsOfAllRanksAreDrawnSideBySide() throws IOException {
    TinyJob job =
        TinyJob.in(folder.resolve("job"))
            .with("pretrainSteps", 4)
            .with("finetuneSteps", 4)
            .with("sharding", "parameters");
    TinyRun run = TinyRun.profiled(job, folder.resolve("output")).done();

    JsonNode root = new ObjectMapper().readTree(run.output().resolve("profile.json").toFile());
    Map<Integer, Set<String>> categories = new TreeMap<>();
    Map<Integer, Set<String>> steps = new TreeMap<>();
    for (JsonNode event : root.get("traceEvents")) {
      if (event.get("ph").asText().equals("X")) {
        assertThat(event.get("ts").asDouble()).isPositive();
        assertThat(event.get("dur").asDouble()).isNotNegative();
        int rank = event.get("pid").asInt();
        String category = event.get("cat").asText();
        categories.computeIfAbsent(rank, r -> new TreeSet<>()).add(category);
        if (category.equals("step") || category.equals("other")) {
          steps.computeIfAbsent(rank, r -> new TreeSet<>()).add(event.get("name").asText());
        }
      }
    }
    assertThat(categories).containsOnlyKeys(0, 1);
    assertThat(categories.values())
        .containsOnly(
            Set.of(
                "backward",
                "communication",
                "data",
                "device",
                "forward",
                "optimizer",
                "other",
                "step"));
    assertThat(steps.values())
        .containsOnly(
            Set.of(
                "checkpoint",
                "finetune step 3",
                "finetune step 4",
                "pretrain step 3",
                "pretrain step 4"));
    assertThat(run.events(Event.Step.class))
        .allSatisfy(
            step -> {
              assertThat(step.times().forward()).isPositive();
              assertThat(step.times().backward()).isPositive();
              assertThat(step.times().communication()).isPositive();
              assertThat(step.times().optimizer()).isPositive();
            });
  }
}
