package io.litoperator.worker.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChromeTraceTest {
  @TempDir Path folder;

  @Test
  void ranksLieSideBySideInTheTraceEventFormat() throws IOException {
    for (int rank = 0; rank < 2; rank++) {
      try (ChromeTrace trace = ChromeTrace.create(folder.resolve(rank + ".json"), rank)) {
        trace.span("decoder.layer.3", "forward", 1_000_000, 3_500_000);
      }
    }
    Path merged = folder.resolve("profile.json");
    ChromeTrace.merge(List.of(folder.resolve("0.json"), folder.resolve("1.json")), merged);

    JsonNode root = new ObjectMapper().readTree(merged.toFile());
    assertThat(root.get("displayTimeUnit").asText()).isEqualTo("ms");
    JsonNode events = root.get("traceEvents");
    assertThat(events).hasSize(6);
    assertThat(events.get(3).toString())
        .isEqualTo(
            "{\"name\":\"process_name\",\"ph\":\"M\",\"pid\":1,\"tid\":0,\"args\":{\"name\":\"rank 1\"}}");
    assertThat(events.get(5).toString())
        .isEqualTo(
            "{\"name\":\"decoder.layer.3\",\"ph\":\"X\",\"pid\":1,\"tid\":0,\"cat\":\"forward\",\"ts\":1000.0,\"dur\":2500.0}");
  }
}
