package io.litoperator.worker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BenchCommandTest {
  private static final Path MODEL = Fixtures.root().resolve("models").resolve("llava-1.5");
  private static final ModelConfig CONFIG = ModelDescription.ofModel(MODEL).config();

  private final CapturedLit lit = new CapturedLit();

  @ParameterizedTest(name = "{0} ranks{1}")
  @CsvSource({
    "1, ''",
    "1, --checkpointing",
    "1, --checkpointing=selective",
    "2, ''",
    "2, --sharding=parameters"
  })
  void printsOneJsonLine(int ranks, String flag) throws IOException {
    JsonNode result = new ObjectMapper().readTree(run("--json --ranks " + ranks + " " + flag));
    assertThat(result.get("secondsPerStep").asDouble()).isPositive();
    assertThat(result.get("median").asDouble())
        .isGreaterThanOrEqualTo(result.get("secondsPerStep").asDouble());
    long tokens = ranks * (2L * CONFIG.imageTokens() + 8 + 30);
    assertThat(result.get("tokensPerStep").asLong()).isEqualTo(tokens);
    assertThat(result.get("tokensPerSecond").asDouble())
        .isCloseTo(tokens / result.get("secondsPerStep").asDouble(), within(1e-3));
    assertThat(result.get("firstLoss").asDouble())
        .isCloseTo(Math.log(CONFIG.text().vocabularySize()), within(1.0));
    assertThat(result.get("peakRssMiB").asLong()).isPositive();
    JsonNode shapes = result.get("shapes");
    assertThat(shapes.get("micro").asInt()).isEqualTo(2);
    assertThat(shapes.get("imageTokens").asInt()).isEqualTo(CONFIG.imageTokens());
    assertThat(shapes.get("text")).extracting(JsonNode::asInt).containsExactly(8, 30);
    assertThat(shapes.get("checkpointing").asText())
        .isEqualTo(
            flag.contains("selective") ? "SELECTIVE" : flag.contains("check") ? "FULL" : "NONE");
    assertThat(shapes.get("ranks").asInt()).isEqualTo(ranks);
  }

  @Test
  void printsATableWithoutJson() {
    assertThat(run("").lines().toList())
        .hasSize(6)
        .first()
        .asString()
        .matches("seconds per step +\\d+\\.\\d+ best, \\d+\\.\\d+ median");
  }

  @Test
  void printsWhatInstructionsCostAtEveryRatio() throws IOException {
    JsonNode rows = new ObjectMapper().readTree(run("--json --table8"));
    assertThat(rows)
        .extracting(row -> row.get("ratio").asDouble())
        .containsExactly(0.05, 0.1, 1.0, 10.0, 20.0);
    assertThat(rows).extracting(row -> row.get("litTokens").asInt()).containsOnly(8 + 30);
    assertThat(rows)
        .extracting(row -> row.get("vitTokens").asInt())
        .containsExactly(7 + 28, 7 + 27, 4 + 15, 1 + 2, 1 + 1);
    for (JsonNode row : rows) {
      assertThat(row.get("cost").asDouble()).isPositive();
    }
    assertThat(run("--table8").lines().toList()).hasSize(6);
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource({"--steps, 0", "--ranks, -1", "--answers, 0", "--answers, 1.5", "--threads, 0"})
  void refusesValuesOutOfRange(String option, String value) {
    assertThat(lit(MODEL.toString(), option, value)).isEqualTo(64);
    assertThat(lit.errors()).startsWith(option + " must be ");
  }

  private String run(String arguments) {
    String all = "--micro-batch 2 --text 16 --mixed --steps 1 --threads 1 " + arguments;
    assertThat(lit((MODEL + " " + all.strip()).split(" "))).isZero();
    return lit.output().strip();
  }

  private int lit(String... arguments) {
    return lit.run(Stream.concat(Stream.of("bench"), Stream.of(arguments)).toArray(String[]::new));
  }
}
