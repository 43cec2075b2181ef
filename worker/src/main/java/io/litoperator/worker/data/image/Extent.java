package io.litoperator.worker.data.image;

/** Width and height in pixels. */
public record Extent(int width, int height) {
  @Override
  public String toString() {
    return width + "×" + height;
  }
}
