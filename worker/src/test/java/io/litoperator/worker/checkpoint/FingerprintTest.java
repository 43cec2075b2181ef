package io.litoperator.worker.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.Objective;
import io.litoperator.worker.plan.RunPlan;
import io.litoperator.worker.plan.StagePlan;
import io.litoperator.worker.plan.StagePlan.Decay;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class FingerprintTest {

  @Example
  void aPlansFieldsAreNamedAsInTheJob() {
    Map<String, String> fields = Fingerprint.ofPlan(plan(64, 8, 1e-3)).fields();

    assertThat(fields)
        .containsEntry("seed", "42")
        .containsEntry("model.languageModel", "file:///models/qwen2")
        .containsEntry("finetune.globalBatchSize", "64")
        .containsEntry("finetune.optimizer.learningRate", "0.001")
        .containsEntry("finetune.trainable[0]", "CONNECTOR")
        .containsEntry("finetune.trainable[1]", "LANGUAGE_MODEL")
        .doesNotContainKeys("model.from", "finetune.microBatchSize", "finetune.maxSteps")
        .doesNotContainKeys("finetune.optimizer.schedule");
  }

  @Example
  void whatMayChangeLeavesThePlanTheSame() {
    assertThat(Fingerprint.ofPlan(plan(64, 4, 1e-3)))
        .isEqualTo(Fingerprint.ofPlan(plan(64, 8, 1e-3)));
  }

  @Example
  void theFirstDifferenceIsNamed() {
    Fingerprint there = Fingerprint.ofPlan(plan(64, 8, 1e-3));

    assertThat(there.firstDifference(Fingerprint.ofPlan(plan(32, 8, 2e-3))))
        .contains(new Fingerprint.Difference("finetune.globalBatchSize", "64", "32"));
    assertThat(there.firstDifference(there)).isEmpty();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.FIRST)
  void digestsAndDifferencesAgree(
      @ForAll Map<String, String> left, @ForAll Map<String, String> right) {
    Fingerprint a = new Fingerprint(new TreeMap<>(left));
    Fingerprint b = new Fingerprint(new TreeMap<>(right));

    assertThat(a.firstDifference(b).isEmpty()).isEqualTo(left.equals(right));
    assertThat(a.digest().equals(b.digest())).isEqualTo(left.equals(right));
  }

  @Property(tries = 100)
  void jsonKeepsIt(@ForAll Map<String, String> fields) {
    Fingerprint fingerprint = new Fingerprint(new TreeMap<>(fields));
    JsonNode json = Json.MAPPER.valueToTree(fingerprint);

    assertThat(json).isInstanceOf(ObjectNode.class);
    assertThat(Json.MAPPER.convertValue(json, Fingerprint.class)).isEqualTo(fingerprint);
  }

  /** Checkpoints that were written before a job could say so go on. */
  @Example
  void whatOlderCheckpointsLackIsTheirDefault() {
    SortedMap<String, String> fields = Fingerprint.ofPlan(plan(4, 1, 1e-3)).fields();
    assertThat(fields).doesNotContainKeys("model.connectorInit", "model.maxRows");
    assertThat(fields).containsKey("model.maxLength");
  }

  @Example
  void whatAJobSaysOtherwiseIsKept() {
    SortedMap<String, String> fields =
        Fingerprint.ofPlan(
                plan(4, 1, 1e-3, Decay.LINEAR, Optional.of(512), ModelPlan.ConnectorInit.UNIFORM))
            .fields();
    assertThat(fields)
        .containsEntry("model.connectorInit", "UNIFORM")
        .containsEntry("model.maxRows", "512")
        .containsEntry("finetune.optimizer.schedule", "LINEAR");
  }

  private static RunPlan plan(int globalBatchSize, int microBatchSize, double learningRate) {
    return plan(
        globalBatchSize,
        microBatchSize,
        learningRate,
        Decay.COSINE,
        Optional.empty(),
        ModelPlan.ConnectorInit.NORMAL);
  }

  private static RunPlan plan(
      int globalBatchSize,
      int microBatchSize,
      double learningRate,
      Decay schedule,
      Optional<Integer> maxRows,
      ModelPlan.ConnectorInit connectorInit) {
    ModelPlan model =
        new ModelPlan(
            Optional.of(Path.of("/models/qwen2")),
            Optional.of(Path.of("/models/siglip")),
            Optional.empty(),
            ModelPlan.ConversationTemplate.VICUNA_V1,
            Optional.empty(),
            ModelPlan.ImageAspect.SQUARE,
            List.of(),
            -2,
            ModelPlan.FeatureSelect.DEFAULT,
            2048,
            maxRows,
            connectorInit);
    StagePlan finetune =
        new StagePlan(
            StagePlan.Stage.FINETUNE,
            new StagePlan.LabelPlan(
                Objective.LIT,
                List.of("Answer."),
                StagePlan.TextOnly.ANSWERS,
                StagePlan.Normalization.GLOBAL_TOKENS),
            List.of(),
            Set.of(ModelPart.LANGUAGE_MODEL, ModelPart.CONNECTOR),
            Map.of(),
            1,
            OptionalInt.empty(),
            globalBatchSize,
            microBatchSize,
            new StagePlan.Optimizer(
                learningRate, 0.03, schedule, 0, 0.9, 0.999, 1e-8, Optional.empty()),
            StagePlan.Checkpointing.NONE,
            Optional.empty());
    return new RunPlan("job", model, List.of(finetune), null, null, null, null, 42);
  }
}
