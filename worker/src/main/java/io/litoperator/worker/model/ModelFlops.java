package io.litoperator.worker.model;

import io.litoperator.worker.plan.ModelPart;
import java.util.Set;

/**
 * Floating-point operations that a training step needs, whatever is computed twice: two for each
 * weight of a matrix product and row; causal attention's two products count half of each sequence's
 * squared length. A part that trains counts three times, forward and both gradients; one that is
 * frozen but has something that trains below it twice; any other once. Norms, activations, adapters
 * and the optimizer do not count.
 */
public record ModelFlops(ModelConfig config, Set<ModelPart> trainable) {
  /**
   * @param lengths of the sequences, pictures' rows included
   * @param supervised rows for which logits are made
   * @param views of pictures that the tower sees
   */
  public double of(int[] lengths, long supervised, long views) {
    return withoutTower(lengths, supervised, views) + tower(views);
  }

  /** As {@link #of}, of views whose features are there. */
  public double withoutTower(int[] lengths, long supervised, long views) {
    TextConfig text = config.text();
    long rows = 0;
    double squares = 0;
    for (int length : lengths) {
      rows += length;
      squares += (double) length * length;
    }
    double layers =
        text.layers()
            * (2.0 * rows * layerWeights(text) + 2 * squares * text.heads() * text.headSize());
    double head = 2.0 * supervised * text.vocabularySize() * text.hiddenSize();
    return languagePasses() * (layers + head) + connectorPasses() * connector(views);
  }

  /** How often the language model's operations count. */
  public int languagePasses() {
    if (trainable.contains(ModelPart.LANGUAGE_MODEL)) {
      return 3;
    }
    return trainable.isEmpty() ? 1 : 2;
  }

  private int connectorPasses() {
    if (trainable.contains(ModelPart.CONNECTOR)) {
      return 3;
    }
    return trainable.contains(ModelPart.VISION_TOWER) ? 2 : 1;
  }

  private int towerPasses() {
    return trainable.contains(ModelPart.VISION_TOWER) ? 3 : 1;
  }

  private static double layerWeights(TextConfig text) {
    return text.family().layer(text, "").stream()
        .filter(Weight::isMatrix)
        .mapToLong(Weight::size)
        .sum();
  }

  private double connector(long views) {
    double hidden = config.text().hiddenSize();
    return 2.0 * views * config.imageTokens() * hidden * (config.vision().hiddenSize() + hidden);
  }

  /** Of the tower alone. */
  public double tower(double views) {
    VisionConfig vision = config.vision();
    double positions = vision.positions();
    double hidden = vision.hiddenSize();
    double layer =
        2 * positions * hidden * (4 * hidden + 2.0 * vision.intermediateSize())
            + 4 * positions * positions * hidden;
    double patches = 2 * positions * hidden * 3 * vision.patchSize() * vision.patchSize();
    return towerPasses() * views * (patches + config.usedTowerLayers() * layer);
  }
}
