package io.litoperator.worker.interchange;

import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.model.ModelDescription;
import io.litoperator.worker.plan.ModelPlan;
import io.litoperator.worker.plan.ModelPlan.FeatureSelect;
import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.nio.file.Path;

/** A job's model without its weights and tokenizer. */
public final class ModelShape {
  private ModelShape() {}

  /** Reads the configurations alone. A new model's embedding may still grow by a few rows. */
  public static ModelConfig of(ModelPlan plan) {
    ModelDescription description = describe(plan);
    return plan.aspect() == ImageAspect.ANYRES
        ? description.withTiles(plan.gridPinpoints()).config()
        : description.config();
  }

  private static ModelDescription describe(ModelPlan plan) {
    if (plan.from().isPresent()) {
      return ModelDescription.ofModel(plan.from().get());
    }
    Path languageModel = plan.languageModel().orElseThrow();
    int vocabulary = ModelDescription.vocabularyOf(languageModel);
    return ModelDescription.ofParts(
        languageModel,
        plan.visionTower().orElseThrow(),
        plan.featureLayer(),
        plan.featureSelect() == FeatureSelect.DEFAULT,
        vocabulary,
        vocabulary);
  }
}
