package io.litoperator.worker.plan;

import java.util.List;

/** A size in pixels that anyres may fit a picture to. */
public record GridPinpoint(int width, int height) {
  /** LLaVA-NeXT's, for a tower's side: one or two tiles each way, or three in a row or column. */
  public static List<GridPinpoint> ofTiles(int side) {
    return List.of(
        new GridPinpoint(side, 2 * side),
        new GridPinpoint(2 * side, side),
        new GridPinpoint(2 * side, 2 * side),
        new GridPinpoint(3 * side, side),
        new GridPinpoint(side, 3 * side));
  }
}
