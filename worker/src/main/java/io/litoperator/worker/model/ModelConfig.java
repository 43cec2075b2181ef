package io.litoperator.worker.model;

import io.litoperator.worker.data.Pixels;
import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.plan.GridPinpoint;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A LLaVA model's shape.
 *
 * @param featureLayer hidden state of the tower that the connector sees: -1 is the last layer's
 *     output, -2 the one before
 * @param dropFirst whether the tower's first row is left out (Hugging Face's strategy {@code
 *     default})
 * @param gridPinpoints sizes of which anyres chooses one for each picture, all of whole tiles;
 *     empty in a model without anyres
 * @param imageToken id that stands for a picture in prompts
 */
public record ModelConfig(
    VisionConfig vision,
    TextConfig text,
    int featureLayer,
    boolean dropFirst,
    List<GridPinpoint> gridPinpoints,
    int imageToken) {

  public ModelConfig {
    gridPinpoints = List.copyOf(gridPinpoints);
  }

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

  /** Rows of the picture that takes the most. */
  public int mostImageTokens() {
    return filledGrids()
        .mapToInt(grid -> imageTokens(Optional.of(grid)))
        .max()
        .orElse(imageTokens());
  }

  /** Views of the picture that has the most. */
  public int mostViews() {
    return 1 + filledGrids().mapToInt(Tiling::tiles).max().orElse(0);
  }

  /** Of pictures without any padding. */
  private Stream<Tiling> filledGrids() {
    int side = vision.imageSize();
    return gridPinpoints.stream()
        .map(
            size ->
                new Tiling(size.height() / side, size.width() / side, size.width(), size.height()));
  }

  /** Layers of the tower whose output matters. */
  int usedTowerLayers() {
    return featureLayer < 0 ? vision.layers() + 1 + featureLayer : featureLayer;
  }

  /** With so many decoder layers, all of the same shape. */
  public ModelConfig withDecoderLayers(int layers) {
    return new ModelConfig(
        vision, text.withLayers(layers), featureLayer, dropFirst, gridPinpoints, imageToken);
  }

  ModelConfig withTiles(List<GridPinpoint> pinpoints) {
    return new ModelConfig(vision, text, featureLayer, dropFirst, pinpoints, imageToken);
  }

  /** Why pictures cannot be cut into tiles; a clause without a dot. */
  Optional<String> tilingProblem() {
    if (gridPinpoints.isEmpty()) {
      return Optional.empty();
    }
    int side = vision.imageSize();
    for (GridPinpoint size : gridPinpoints) {
      if (size.width() % side != 0 || size.height() % side != 0) {
        return Optional.of(
            "gridPinpoints %d×%d is not of whole tiles, which are %d×%d"
                .formatted(size.width(), size.height(), side, side));
      }
    }
    if (imageTokens() != vision.patchesPerSide() * vision.patchesPerSide()) {
      return Optional.of(
          "anyres needs exactly one row a patch, and of this tower the connector sees %d rows for %d patches; with SigLIP give featureSelect: full"
              .formatted(imageTokens(), vision.patchesPerSide() * vision.patchesPerSide()));
    }
    return Optional.empty();
  }
}
