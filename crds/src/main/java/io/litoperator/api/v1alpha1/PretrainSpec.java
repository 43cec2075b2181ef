package io.litoperator.api.v1alpha1;

import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.api.model.IntOrString;
import java.util.List;

/** The stage that trains the connector on captions. */
@ValidationRule(
    value = StageSpec.MICRO_BATCH_SIZE,
    message = StageSpec.MICRO_BATCH_SIZE_MESSAGE,
    fieldPath = ".microBatchSize")
@ValidationRule(
    value = "!(has(self.epochs) && has(self.maxSteps))",
    message = "give 'epochs' or 'maxSteps', not both")
@ValidationRule(
    value = "self.trainable.all(part, self.trainable.exists_one(other, other == part))",
    message = "must not name a part twice",
    fieldPath = ".trainable")
public record PretrainSpec(
    @Required @Size(min = 1, max = 64) List<DatasetSpec> dataset,
    @Default("[\"connector\"]") @Size(min = 1, max = 3) List<Part> trainable,
    @Min(1) @Max(Integer.MAX_VALUE) Integer epochs,
    @Min(1) @Max(Integer.MAX_VALUE) Integer maxSteps,
    @Default("256") @Min(1) @Max(Integer.MAX_VALUE) Integer globalBatchSize,
    IntOrString microBatchSize,
    @Default("{}") OptimizerSpec optimizer,
    LearningRates learningRates)
    implements StageSpec {}
