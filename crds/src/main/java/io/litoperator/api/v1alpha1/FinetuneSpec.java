package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;

/**
 * The stage that trains on conversations.
 *
 * @param objective What the loss is taken over.
 * @param lora Low-rank adapters in place of the full language model.
 */
@ValidationRule(
    value = StageSpec.MICRO_BATCH_SIZE,
    message = StageSpec.MICRO_BATCH_SIZE_MESSAGE,
    fieldPath = ".microBatchSize")
@ValidationRule(
    value =
        "!has(self.microBatchSize) || type(self.microBatchSize) == int ||"
            + " self.objective.normalization == 'globalTokens'",
    message = "auto would change what is learnt under normalization: microBatch; give a number",
    fieldPath = ".microBatchSize")
@ValidationRule(
    value = "!(has(self.epochs) && has(self.maxSteps))",
    message = "give 'epochs' or 'maxSteps', not both")
@ValidationRule(
    value = "self.trainable.all(part, self.trainable.exists_one(other, other == part))",
    message = "must not name a part twice",
    fieldPath = ".trainable")
@ValidationRule(
    value = "!has(self.lora) || 'languageModel' in self.trainable",
    message = "trains the language model; add languageModel to 'trainable'",
    fieldPath = ".lora")
public record FinetuneSpec(
    @Default("{}") ObjectiveSpec objective,
    @Required @Size(min = 1, max = 64) List<DatasetSpec> dataset,
    @Default("[\"connector\", \"languageModel\"]") @Size(min = 1, max = 3) List<Part> trainable,
    @Min(1) @Max(Integer.MAX_VALUE) Integer epochs,
    @Min(1) @Max(Integer.MAX_VALUE) Integer maxSteps,
    @Default("128") @Min(1) @Max(Integer.MAX_VALUE) Integer globalBatchSize,
    IntOrString microBatchSize,
    @Default("{}") OptimizerSpec optimizer,
    LearningRates learningRates,
    Lora lora)
    implements StageSpec {

  /**
   * @param rank Rank of the update.
   * @param alpha The update is scaled by alpha / rank.
   * @param dropout Probability with which an adapter's input is dropped.
   */
  public record Lora(
      @Default("128") @Min(1) @Max(Integer.MAX_VALUE) Integer rank,
      @Default("256") @Min(value = 0, inclusive = false) Double alpha,
      @Default("0.05") @Min(0) @Max(value = 1, inclusive = false) Double dropout) {}
}
