package io.litoperator.worker.data.image;

import io.litoperator.worker.data.Tiling;
import io.litoperator.worker.plan.GridPinpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Cuts pictures into tiles as LLaVA-NeXT does ({@code process_anyres_image}): resized to the best
 * of some sizes, its proportions kept, centred on black.
 *
 * @param side of a tile, in pixels
 * @param pinpoints sizes to choose from, all of whole tiles; at least one
 */
record Anyres(int side, List<GridPinpoint> pinpoints) {
  Anyres {
    pinpoints = List.copyOf(pinpoints);
  }

  /**
   * The size that keeps most of a picture's pixels, then wastes least; the first wins a tie.
   *
   * @return empty if a picture is so narrow that nothing is left of it at any size
   */
  Optional<Tiling> tiling(int width, int height) {
    GridPinpoint best = null;
    long mostKept = 0;
    long leastWasted = 0;
    for (GridPinpoint size : pinpoints) {
      double scale = Math.min((double) size.width() / width, (double) size.height() / height);
      long shown = (long) (int) (width * scale) * (int) (height * scale);
      long kept = Math.min(shown, (long) width * height);
      long wasted = (long) size.width() * size.height() - kept;
      if (kept > mostKept || best != null && kept == mostKept && wasted < leastWasted) {
        best = size;
        mostKept = kept;
        leastWasted = wasted;
      }
    }
    return Optional.ofNullable(best)
        .map(size -> new Tiling(size.height() / side, size.width() / side, width, height));
  }

  /** The view of the whole, its proportions given up, and then the tiles, row by row. */
  List<Picture> views(Picture picture, Tiling tiling) {
    int width = tiling.columns() * side;
    int height = tiling.rows() * side;
    Extent size = fit(picture, width, height);
    int left = (width - size.width()) / 2;
    int top = (height - size.height()) / 2;
    List<Picture> views = new ArrayList<>();
    views.add(Resampling.BICUBIC.resize(picture, side, side));
    for (int row = 0; row < tiling.rows(); row++) {
      for (int column = 0; column < tiling.columns(); column++) {
        Window tile = new Window(column * side - left, row * side - top, side, side);
        views.add(Resampling.BICUBIC.resize(picture, size.width(), size.height(), tile));
      }
    }
    return views;
  }

  private static Extent fit(Picture picture, int width, int height) {
    double across = (double) width / picture.width();
    double down = (double) height / picture.height();
    return across < down
        ? new Extent(width, Math.min((int) Math.ceil(picture.height() * across), height))
        : new Extent(Math.min((int) Math.ceil(picture.width() * down), width), height);
  }
}
