package io.litoperator.api.v1alpha1;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What may be changed in a job that a cluster has admitted, by the CRD's own CEL rules. Optional
 * values are no part of the language here: the API server cannot bound what comparing them costs.
 */
class TransitionRulesTest {
  private static final YAMLMapper YAML =
      YAMLMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("self", SimpleType.DYN)
          .addVar("oldSelf", SimpleType.DYN)
          .build();
  private static final CelRuntime RUNTIME = CelRuntimeFactory.standardCelRuntimeBuilder().build();

  private static final String ADMITTED =
      """
      model: {from: llava, images: {aspect: pad}, maxLength: 2048}
      finetune:
        dataset: [{annotations: a.json, images: a, weight: 1.0}]
        globalBatchSize: 128
      checkpoints: {keep: 3}
      sharding: none
      activationCheckpointing: none
      seed: 42
      topology: {nodes: 1, ranksPerNode: 1, resourceName: nvidia.com/gpu}
      suspend: false
      recovery: {maxRestarts: 10}
      """;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/suspend | true",
        "/ttlSecondsAfterFinished | 60",
        "/topology/nodes | 2",
        "/topology/ranksPerNode | 8",
      })
  void allows(String pointer, String value) throws Exception {
    assertThat(violations(pointer, value)).isEmpty();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "/model/maxLength | 1024 | .model",
        "/data | {cache: x} | .data",
        "/pretrain | {globalBatchSize: 8} | .pretrain",
        "/finetune/globalBatchSize | 64 | .finetune",
        "/evaluate | {on: [end]} | .evaluate",
        "/checkpoints/keep | 4 | .checkpoints",
        "/precision | fp32 | .precision",
        "/sharding | optimizer | .sharding",
        "/activationCheckpointing | full | .activationCheckpointing",
        "/seed | 43 | .seed",
        "/topology/device | cpu | .device",
        "/topology/resourceName | amd.com/gpu | .resourceName",
        "/template | {env: []} | .template",
        "/image | other | .image",
        "/managedBy | other | .managedBy",
        "/scheduling | {gang: none} | .scheduling",
        "/recovery/maxRestarts | 3 | .recovery",
        "/activeDeadlineSeconds | 5 | .activeDeadlineSeconds",
      })
  void refuses(String pointer, String value, String fieldPath) throws Exception {
    assertThat(violations(pointer, value)).containsExactly(fieldPath);
  }

  /** Also the removal of a field is a change. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"finetune, .finetune"})
  void refusesToRemove(String field, String fieldPath) throws Exception {
    ObjectNode changed = (ObjectNode) YAML.readTree(ADMITTED);
    changed.remove(field);

    assertThat(violations(changed)).containsExactly(fieldPath);
  }

  private static List<String> violations(String pointer, String value) throws Exception {
    ObjectNode changed = (ObjectNode) YAML.readTree(ADMITTED);
    int last = pointer.lastIndexOf('/');
    ((ObjectNode) changed.at(pointer.substring(0, last)))
        .set(pointer.substring(last + 1), YAML.readTree(value));
    return violations(changed);
  }

  private static List<String> violations(ObjectNode changed) throws Exception {
    JsonNode admitted = YAML.readTree(ADMITTED);
    JsonNode schema = specSchema();
    List<String> violations = new ArrayList<>(violations(schema, changed, admitted));
    violations.addAll(
        violations(
            schema.at("/properties/topology"), changed.get("topology"), admitted.get("topology")));
    return violations;
  }

  private static List<String> violations(JsonNode schema, JsonNode self, JsonNode oldSelf)
      throws Exception {
    List<String> violations = new ArrayList<>();
    for (JsonNode rule : schema.get("x-kubernetes-validations")) {
      String expression = rule.get("rule").asText();
      if (expression.contains("oldSelf")) {
        var values = Map.of("self", plain(self), "oldSelf", plain(oldSelf));
        var program = RUNTIME.createProgram(COMPILER.compile(expression).getAst());
        if (!(Boolean) program.eval(values)) {
          violations.add(rule.get("fieldPath").asText());
        }
      }
    }
    return violations;
  }

  private static Object plain(JsonNode node) {
    return YAML.convertValue(node, Object.class);
  }

  private static JsonNode specSchema() throws Exception {
    String resource = "/io/litoperator/api/littrainingjobs.lit-operator.io.yaml";
    try (InputStream crd = LitTrainingJob.class.getResourceAsStream(resource)) {
      return YAML.readTree(crd).at("/spec/versions/0/schema/openAPIV3Schema/properties/spec");
    }
  }
}
