package io.litoperator.worker.data;

/**
 * A grid of tiles that a picture was resized to, its proportions kept, centred on black.
 *
 * @param rows of tiles
 * @param columns of tiles
 * @param pictureWidth the picture's own, in pixels
 * @param pictureHeight the picture's own, in pixels
 */
public record Tiling(int rows, int columns, int pictureWidth, int pictureHeight) {

  /** The rows and columns {@code [start, end)} of a grid that show the picture. */
  public record Kept(int firstRow, int endRow, int firstColumn, int endColumn) {
    public int rows() {
      return endRow - firstRow;
    }

    public int columns() {
      return endColumn - firstColumn;
    }
  }

  public int tiles() {
    return rows * columns;
  }

  /**
   * What padding leaves of the patches' grid, by LLaVA's {@code unpad_image}, which rounds down.
   *
   * @param patches of a tile, along each side
   */
  public Kept kept(int patches) {
    int high = rows * patches;
    int wide = columns * patches;
    if ((double) pictureWidth / pictureHeight > (double) wide / high) {
      int margin = (high - (int) (pictureHeight * ((double) wide / pictureWidth))) / 2;
      return new Kept(margin, high - margin, 0, wide);
    }
    int margin = (wide - (int) (pictureWidth * ((double) high / pictureHeight))) / 2;
    return new Kept(0, high, margin, wide - margin);
  }
}
