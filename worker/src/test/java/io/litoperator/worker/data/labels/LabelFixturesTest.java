package io.litoperator.worker.data.labels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.litoperator.worker.Fixtures;
import io.litoperator.worker.data.Sample;
import io.litoperator.worker.data.annotations.Annotations;
import io.litoperator.worker.data.tokens.Tokenizer;
import io.litoperator.worker.data.tokens.TokenizerFixture;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.StagePlan.LabelPlan;
import io.litoperator.worker.plan.StagePlan.Stage;
import io.litoperator.worker.plan.StagePlan.TextOnly;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens and labels of every fixture conversation, by model family, against the references'. */
class LabelFixturesTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Path LABELS = Fixtures.root().resolve("labels");
  private static final Map<String, Family> FAMILIES =
      Map.of(
          "vicuna", new Family("llama", "</s>"),
          "qwen2", new Family("qwen2", "<|endoftext|>"),
          "qwen2-instruct", new Family("qwen2", "<|im_end|>"),
          "phi", new Family("phi", "<|endoftext|>"));

  private static final String TRIMMED = "trimmed ";

  @TempDir static Path folder;
  private static final Map<String, Tokenizer> TOKENIZERS = new HashMap<>();
  private static Annotations annotations;

  private record Family(String tokenizer, String endOfSequence) {}

  private record Expected(String key, Objective objective, List<String> templates) {}

  @BeforeAll
  static void open() throws IOException {
    annotations = Annotations.open(LABELS.resolve("conversations.json"), Fixtures.root());
    for (Map.Entry<String, Family> family : FAMILIES.entrySet()) {
      Path model =
          TokenizerFixture.unpack(family.getValue().tokenizer(), folder.resolve(family.getKey()));
      TokenizerFixture.configure(model, "eos_token", family.getValue().endOfSequence());
      TOKENIZERS.put(family.getKey(), Tokenizer.open(model));
      if (!family.getKey().equals("vicuna")) {
        TokenizerFixture.trimOffsets(model);
        TOKENIZERS.put(TRIMMED + family.getKey(), Tokenizer.open(model));
      }
    }
  }

  @AfterAll
  static void close() {
    TOKENIZERS.values().forEach(Tokenizer::close);
    annotations.close();
  }

  static List<Arguments> cases() throws IOException {
    JsonNode conversations = MAPPER.readTree(LABELS.resolve("conversations.json").toFile());
    List<Arguments> cases = new ArrayList<>();
    for (String family : FAMILIES.keySet().stream().sorted().toList()) {
      JsonNode expected = MAPPER.readTree(LABELS.resolve("expected." + family + ".json").toFile());
      assertThat(expected).hasSameSizeAs(conversations);
      for (int i = 0; i < expected.size(); i++) {
        String id = expected.get(i).get("id").asText();
        cases.add(Arguments.of(family, id, i, conversations.get(i), expected.get(i)));
      }
    }
    return cases;
  }

  static List<Arguments> byteLevelCases() throws IOException {
    return cases().stream().filter(c -> !c.get()[0].equals("vicuna")).toList();
  }

  static List<Arguments> uncutCases() throws IOException {
    return cases().stream().filter(c -> !((JsonNode) c.get()[3]).has("model_max_length")).toList();
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void tokensAndLabelsEqualTheReference(
      String family, String id, int index, JsonNode conversation, JsonNode expected)
      throws IOException {
    check(family, index, conversation, expected);
  }

  /** With the offsets of files that have {@code trim_offsets}, a lone blank's span is empty. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("byteLevelCases")
  void trimmedOffsetsMakeNoDifference(
      String family, String id, int index, JsonNode conversation, JsonNode expected)
      throws IOException {
    check(TRIMMED + family, index, conversation, expected);
  }

  private static void check(String family, int index, JsonNode conversation, JsonNode expected)
      throws IOException {
    for (Expected labels : expectedLabels()) {
      if (!expected.has(labels.key())) {
        continue;
      }
      LabelledPrompt labelled =
          labeller(family, conversation, labels).explain(annotations.read(index).annotation());
      assertThat(labelled.tokens())
          .as("tokens")
          .containsExactly(MAPPER.convertValue(expected.get("input_ids"), int[].class));
      if (expected.path("reference_mismatch").asBoolean()) {
        assertThat(labelled.refusal()).isPresent();
      } else {
        assertThat(labelled.refusal()).isEmpty();
      }
      assertThat(labels(labelled))
          .as(labels.key())
          .containsExactly(MAPPER.convertValue(expected.get(labels.key()), int[].class));
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("uncutCases")
  void textsOfTokensAreThePrompt(
      String family, String id, int index, JsonNode conversation, JsonNode expected)
      throws IOException {
    LabelledPrompt labelled =
        labeller(family, conversation, expectedLabels().get(0))
            .explain(annotations.read(index).annotation());
    assertThat(String.join("", labelled.texts())).isEqualTo(expected.get("prompt").asText());
  }

  private static List<Expected> expectedLabels() throws IOException {
    JsonNode templates = MAPPER.readTree(LABELS.resolve("templates.json").toFile());
    return List.of(
        new Expected("labels_vit", Objective.VIT, List.of()),
        new Expected("labels_lit", Objective.LIT, strings(templates.withArray("table5"))),
        new Expected("labels_lit_table6", Objective.LIT, strings(templates.withArray("table6"))),
        new Expected("labels_no_roles", Objective.NO_ROLE_TOKENS, List.of()),
        new Expected("labels_all", Objective.ALL_TOKENS, List.of()));
  }

  private static List<String> strings(ArrayNode list) {
    List<String> strings = new ArrayList<>();
    list.forEach(s -> strings.add(s.asText()));
    return strings;
  }

  private static Labeller labeller(String family, JsonNode conversation, Expected expected) {
    Stage stage =
        conversation.path("stage").asText().equals("pretrain") ? Stage.PRETRAIN : Stage.FINETUNE;
    ModelPlan model = LabelOptions.model(conversation.path("model_max_length").asInt(2048), null);
    LabelPlan labels =
        LabelOptions.labels(expected.objective(), TextOnly.INSTRUCTIONS, expected.templates());
    return Labeller.of(TOKENIZERS.get(family), model, stage, labels);
  }

  private static int[] labels(LabelledPrompt labelled) {
    return IntStream.range(0, labelled.tokens().length)
        .map(i -> labelled.fates()[i].supervised() ? labelled.tokens()[i] : Sample.IGNORE)
        .toArray();
  }
}
