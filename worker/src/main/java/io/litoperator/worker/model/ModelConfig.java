package io.litoperator.worker.model;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Tiling;
import java.util.Optional;

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

  /** Rows that one view of a picture takes in a sequence. */
  public int imageTokens() {
    return vision.positions() - (dropFirst ? 1 : 0);
  }

  /** Rows that a picture takes in a sequence. */
  public int imageTokens(Pixels picture) {
    return imageTokens(picture.tiling());
  }

  /**
   * Rows that a picture takes: its view, then what its tiles show of it, with a newline after each
   * row of patches.
   */
  public int imageTokens(Optional<Tiling> tiling) {
    return imageTokens()
        + tiling
            .map(t -> t.kept(vision.patchesPerSide()))
            .map(kept -> kept.rows() * (kept.columns() + 1))
            .orElse(0);
  }

  /** Layers of the tower whose output matters. */
  int usedTowerLayers() {
    return featureLayer < 0 ? vision.layers() + 1 + featureLayer : featureLayer;
  }
}
