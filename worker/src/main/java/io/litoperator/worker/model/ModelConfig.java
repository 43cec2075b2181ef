package io.litoperator.worker.model;

/**
 * A LLaVA model's shape.
 *
 * @param featureLayer hidden state of the tower that the connector sees: -1 is the last layer's
 *     output, -2 the one before
 * @param dropFirst whether the tower's first row is left out (Hugging Face's strategy {@code
 *     default})
 * @param imageToken id that stands for a picture in prompts
 */
public record ModelConfig(
    VisionConfig vision, TextConfig text, int featureLayer, boolean dropFirst, int imageToken) {

  /** Rows that one picture takes in a sequence. */
  public int imageTokens() {
    return vision.positions() - (dropFirst ? 1 : 0);
  }

  /** Layers of the tower whose output matters. */
  int usedTowerLayers() {
    return featureLayer < 0 ? vision.layers() + 1 + featureLayer : featureLayer;
  }
}
