package io.litoperator.worker.data;

import java.util.Optional;

/**
 * A picture as the vision tower sees it, normalised: one view, or under anyres a view of the whole
 * and then its tiles, row by row. Two are equal only if they share their values' array.
 *
 * @param height of every view
 * @param values (views, 3, height, width)
 * @param tiling how the tiles lie; absent for a single view
 * @param features absent unless they were looked for
 */
public record Pixels(
    int height,
    int width,
    float[] values,
    Optional<Tiling> tiling,
    Optional<KeptFeatures> features) {

  public Pixels(int height, int width, float[] values, Optional<Tiling> tiling) {
    this(height, width, values, tiling, Optional.empty());
  }

  /** A single view. */
  public Pixels(int height, int width, float[] values) {
    this(height, width, values, Optional.empty());
  }

  public Pixels with(KeptFeatures found) {
    return new Pixels(height, width, values, tiling, Optional.of(found));
  }

  public int views() {
    return values.length / (3 * height * width);
  }
}
