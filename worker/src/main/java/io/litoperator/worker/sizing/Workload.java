package io.litoperator.worker.sizing;

import io.litoperator.worker.model.ModelConfig;
import io.litoperator.worker.plan.LoraPlan;
import io.litoperator.worker.plan.ModelPart;
import io.litoperator.worker.plan.TopologyPlan.Device;
import io.litoperator.worker.plan.TopologyPlan.Precision;
import java.util.Optional;
import java.util.Set;

/**
 * What a stage computes.
 *
 * @param lora the job's adapters, which lie beside the model in stages that do not train them too
 * @param clips whether gradients are clipped, for which all of them must be there at a time
 * @param globalBatch samples of a step
 * @param textTokens of a sample
 * @param supervised tokens of a sample whose logits are made
 * @param pictures of a sample
 * @param tiled whether pictures are cut into tiles (anyres), each into as many as there can be
 */
public record Workload(
    ModelConfig model,
    Set<ModelPart> trainable,
    Optional<LoraPlan> lora,
    Precision precision,
    Device device,
    boolean clips,
    int globalBatch,
    int textTokens,
    int supervised,
    int pictures,
    boolean tiled) {

  /** Rows of the decoder for one sample. */
  int rows() {
    return textTokens + pictures * (tiled ? model.mostImageTokens() : model.imageTokens());
  }

  /** What the tower sees of one sample. */
  int views() {
    return pictures * (tiled ? model.mostViews() : 1);
  }

  int bytesPerElement() {
    return precision == Precision.BF16 ? 2 : 4;
  }

  boolean trains(ModelPart part) {
    return trainable.contains(part);
  }
}
