package io.litoperator.worker.data.image;

import io.litoperator.worker.plan.ModelPlan.ImageAspect;
import java.util.List;
import java.util.Optional;

/**
 * What a {@code preprocessor_config.json} asks for, defaults filled in.
 *
 * @param resize absent where pictures keep their size
 * @param crop cut from the middle after resizing; absent where nothing is cut
 * @param rescaleFactor multiplies grey levels of 0 to 255
 * @param mean of the rescaled channels, also the colour of padding
 * @param normalise whether {@code mean} is subtracted and {@code std} divided by
 */
record ProcessorConfig(
    Optional<Resize> resize,
    Resampling resampling,
    Optional<Extent> crop,
    double rescaleFactor,
    boolean normalise,
    List<Double> mean,
    List<Double> std) {

  ProcessorConfig {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
  }

  /** Of the view that a tower takes, in pixels; 0 where pictures keep their size. */
  int side() {
    return crop.map(Extent::width).or(() -> resize.map(r -> r.of(1, 1).width())).orElse(0);
  }

  /** Of every view that a picture is shown as; empty where it depends on the picture. */
  Optional<Extent> view(ImageAspect aspect) {
    return switch (aspect) {
      case ANYRES -> tile();
      case PAD -> crop.or(() -> resize.map(r -> r.of(1, 1)));
      case SQUARE -> crop.or(() -> resize.filter(Exact.class::isInstance).map(r -> r.of(1, 1)));
    };
  }

  /** The references prepare a tile once more as if it were a picture, which must change nothing. */
  private Optional<Extent> tile() {
    Extent tile = new Extent(side(), side());
    boolean resized =
        resize.filter(r -> !r.of(tile.width(), tile.height()).equals(tile)).isPresent();
    return resized || !crop.orElse(tile).equals(tile) ? Optional.empty() : Optional.of(tile);
  }

  /** The size that a picture is stretched to. */
  sealed interface Resize {
    default Extent of(Picture picture) {
      return of(picture.width(), picture.height());
    }

    Extent of(int width, int height);
  }

  /** The same for every picture. */
  record Exact(Extent extent) implements Resize {
    @Override
    public Extent of(int width, int height) {
      return extent;
    }
  }

  /** The proportions stay; the longer edge is rounded down, as in the references. */
  record ShortestEdge(int length) implements Resize {
    @Override
    public Extent of(int width, int height) {
      return width <= height
          ? new Extent(length, longer(height, width))
          : new Extent(longer(width, height), length);
    }

    private int longer(int edge, int shorter) {
      return (int) ((double) ((long) length * edge) / shorter);
    }
  }
}
