package io.litoperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server is told to refuse, to fill in and to show. */
class SchemaTest {
  private static JsonNode crd;

  @BeforeAll
  static void read() throws IOException {
    String resource = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";
    try (InputStream yaml = LitTrainingJob.class.getResourceAsStream(resource)) {
      crd = new YAMLMapper().readTree(yaml);
    }
  }

  @Test
  void namesTheResource() {
    assertThat(crd.at("/metadata/name").asText()).isEqualTo("littrainingjobs.lit-operator.io");
    assertThat(crd.at("/spec/names/kind").asText()).isEqualTo("LitTrainingJob");
    assertThat(crd.at("/spec/names/shortNames/0").asText()).isEqualTo("ltj");
    assertThat(crd.at("/spec/scope").asText()).isEqualTo("Namespaced");
    assertThat(crd.at("/spec/versions/0/name").asText()).isEqualTo("v1alpha1");
    assertThat(crd.at("/spec/versions/0/subresources").has("status")).isTrue();
  }

  @Test
  void showsColumnsInThisOrder() {
    assertThat(crd.at("/spec/versions/0/additionalPrinterColumns"))
        .extracting(column -> column.get("name").asText(), column -> column.get("type").asText())
        .containsExactly(
            tuple("Phase", "string"),
            tuple("Reason", "string"),
            tuple("Progress", "integer"),
            tuple("Step", "integer"),
            tuple("Loss", "number"),
            tuple("Checkpoint", "string"),
            tuple("Restarts", "integer"),
            tuple("Age", "date"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "model/maxLength | default | 2048",
        "model/images | default | {}",
        "model/images/aspect | enum | [\"anyres\",\"pad\",\"square\"]",
        "model/images/aspect | default | \"pad\"",
        "model/visionTower/featureLayer | default | -2",
        "model/visionTower/featureSelect | default | \"default\"",
        "pretrain/dataset | minItems | 1",
        "pretrain/globalBatchSize | default | 256",
        "pretrain/trainable | default | [\"connector\"]",
        "finetune/globalBatchSize | default | 128",
        "finetune/trainable | default | [\"connector\",\"languageModel\"]",
        "finetune/objective | default | {}",
        "finetune/objective/name | default | \"LIT\"",
        "finetune/objective/name | enum | [\"AllTokens\",\"LIT\",\"NoRoleTokens\",\"VIT\"]",
        "finetune/objective/templates | default | {\"builtin\":\"paper\"}",
        "finetune/objective/normalization | default | \"globalTokens\"",
        "finetune/optimizer/learningRate | exclusiveMinimum | true",
        "finetune/optimizer/betas | default | [0.9,0.999]",
        "finetune/optimizer/epsilon | default | 1.0E-8",
        "checkpoints/keep | default | 3",
        "precision | enum | [\"bf16\",\"fp32\",\"tf32\"]",
        "recovery/maxRestarts | default | 10",
        "recovery/resetAfterSteps | minimum | 1.0",
        "recovery/hangTimeout | default | \"20m\"",
        "topology/nodes | minimum | 1.0",
        "seed | default | 42",
        "suspend | default | false",
      })
  void limitsAndFillsIn(String field, String keyword, String expected) {
    assertThat(field(field).get(keyword)).hasToString(expected);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"recovery/resetAfterSteps", "precision", "topology/device", "model/conversation"})
  void fillsInNothingThatDependsOnTheMachineTheModelOrTheWish(String field) {
    assertThat(field(field).has("default")).isFalse();
  }

  @ParameterizedTest(name = "spec {0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | [\"model\"]",
        "pretrain | [\"dataset\"]",
        "finetune | [\"dataset\"]",
        "model/languageModel | [\"source\"]",
        "model/visionTower | [\"source\"]",
        "evaluate | [\"tasks\"]",
      })
  void requires(String field, String expected) {
    assertThat(field(field).get("required")).hasToString(expected);
  }

  @ParameterizedTest(name = "{0}: {1} is {2}")
  @CsvSource({
    "checkpoints/every, 500steps, true",
    "checkpoints/every, 20m, true",
    "checkpoints/every, 2h, true",
    "checkpoints/every, 30s, true",
    "checkpoints/every, 0steps, false",
    "checkpoints/every, 500, false",
    "recovery/hangTimeout, 90s, true",
    "recovery/hangTimeout, 5steps, false",
    "model/from, hf://Qwen/Qwen2-0.5B, true",
    "model/from, hf://Qwen/Qwen2-0.5B@main, true",
    "model/from, hf://Qwen/Qwen2-0.5B@main/sub folder, true",
    "model/from, hf://datasets/o/n/data/train-*.parquet, true",
    "model/from, hf://Qwen, false",
    "model/from, s3://bucket/a b/c, true",
    "model/from, pvc://claim/path, true",
    "model/from, ../models/llava, true",
    "model/from, http://example.com/x, false",
    "checkpoints/destination, hf://a/b, false",
    "topology/resourceName, amd.com/gpu, true",
    "topology/resourceName, gpu, false",
  })
  void patternsAccept(String field, String text, boolean accepted) {
    assertThat(text.matches(field(field).get("pattern").asText())).isEqualTo(accepted);
  }

  /** Everything below {@code template} is Kubernetes' own. */
  @Test
  void describesEveryField() {
    JsonNode root = crd.at("/spec/versions/0/schema/openAPIV3Schema");
    List<String> bare = new ArrayList<>();
    collectBare(root.at("/properties/spec"), "spec", bare);
    collectBare(root.at("/properties/status"), "status", bare);

    assertThat(bare)
        .allMatch(
            path -> path.startsWith("spec.template.") || path.startsWith("status.conditions."));
  }

  @Test
  void boundsEveryListAndMapOfTheSpec() {
    List<String> unbounded = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : field("").get("properties").properties()) {
      if (!field.getKey().equals("template")) {
        collectUnbounded(field.getValue(), field.getKey(), unbounded);
      }
    }
    assertThat(unbounded).containsExactly("model.images.gridPinpoints[]");
  }

  @Test
  void freezesEveryFieldButThoseOfTheContract() {
    Set<String> frozen = new TreeSet<>();
    for (JsonNode rule : field("").get("x-kubernetes-validations")) {
      if (rule.get("rule").asText().contains("oldSelf")) {
        frozen.add(rule.get("fieldPath").asText().substring(1));
      }
    }
    Set<String> open = new TreeSet<>();
    field("").get("properties").fieldNames().forEachRemaining(open::add);
    open.removeAll(frozen);

    assertThat(open).containsExactly("suspend", "topology", "ttlSecondsAfterFinished");
  }

  private static void collectBare(JsonNode schema, String path, List<String> bare) {
    for (Map.Entry<String, JsonNode> field : schema.path("properties").properties()) {
      String at = path + "." + field.getKey();
      if (field.getValue().path("description").asText().isBlank()) {
        bare.add(at);
      }
      collectBare(field.getValue(), at, bare);
      collectBare(field.getValue().path("items"), at, bare);
    }
  }

  private static void collectUnbounded(JsonNode schema, String path, List<String> unbounded) {
    boolean many = schema.has("items") || schema.has("additionalProperties");
    if (many && !schema.has("maxItems") && !schema.has("maxProperties")) {
      unbounded.add(path);
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            field -> collectUnbounded(field.getValue(), path + "." + field.getKey(), unbounded));
    if (schema.has("items")) {
      collectUnbounded(schema.get("items"), path + "[]", unbounded);
    }
  }

  private static JsonNode field(String path) {
    JsonNode schema = crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    for (String name : path.isEmpty() ? new String[0] : path.split("/")) {
      schema = schema.path("properties").path(name);
    }
    assertThat(schema.isMissingNode()).as(path).isFalse();
    return schema;
  }
}
