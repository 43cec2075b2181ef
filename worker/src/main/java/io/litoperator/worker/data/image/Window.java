package io.litoperator.worker.data.image;

/** A part of a picture, in pixels; it may reach beyond the picture's edges. */
record Window(int left, int top, int width, int height) {

  /**
   * The window in the middle of a picture; the odd pixel goes right and down, as in torchvision.
   */
  static Window centred(int pictureWidth, int pictureHeight, int width, int height) {
    return new Window(
        Math.floorDiv(pictureWidth - width, 2),
        Math.floorDiv(pictureHeight - height, 2),
        width,
        height);
  }

  static Window whole(int width, int height) {
    return new Window(0, 0, width, height);
  }
}
