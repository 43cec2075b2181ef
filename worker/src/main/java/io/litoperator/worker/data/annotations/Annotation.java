package io.litoperator.worker.data.annotations;

import java.util.List;
import java.util.Optional;

/**
 * A sample in LLaVA's format, checked: turns alternate, and {@value #IMAGE} is in one question if
 * and only if there is a picture.
 *
 * @param id the sample's {@code id}, or its index where it has none
 * @param image path of the picture, relative to the data set's image folder
 * @param exchanges at least one; a first turn of the model's own is left out
 */
public record Annotation(
    Origin origin, String id, Optional<String> image, List<Exchange> exchanges) {
  /** Stands for the picture in a question. */
  public static final String IMAGE = "<image>";

  public Annotation {
    exchanges = List.copyOf(exchanges);
  }

  /** As errors name it: file, line, index and id. */
  public String place() {
    return "%s (id %s)".formatted(origin, id);
  }
}
